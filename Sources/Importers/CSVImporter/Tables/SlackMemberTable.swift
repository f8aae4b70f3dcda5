internal import ExportFiles
internal import ImportDomain

/// The member list of a Slack workspace, as its administration page exports it.
///
/// Source: docs/importers/slack-users.md, "Columns".
struct SlackMemberTable: DelimitedTable {
    private let sink: RecordSink
    private var columns: Columns?

    init(sink: RecordSink) {
        self.sink = sink
    }

    /// Where the table has what.
    private struct Columns {
        var username: Int? = 0
        var email: Int? = 1
        var status: Int? = 2
        var userID: Int? = 6
        var fullName: Int? = 7
        var displayName: Int? = 8
        var count = 10

        /// The order that Slack had when upstream's importer was written.
        static let positions = Columns()

        private init() {}

        init?(_ header: HeaderRow) {
            username = header.index(of: "username")
            email = header.index(of: "email")
            guard username != nil || email != nil else { return nil }
            status = header.index(of: "status")
            userID = header.index(of: "userid", "id")
            fullName = header.index(of: "fullname", "realname", "name")
            displayName = header.index(of: "displayname")
            count = header.count
        }
    }

    mutating func receive(_ row: borrowing DelimitedRow) throws {
        if let columns {
            try stage(row, columns)
        } else if let named = Columns(HeaderRow(row)) {
            columns = named
        } else {
            columns = .positions
            if row.count > 1, row.bytes(1).contains(UInt8(ascii: "@")) {
                try stage(row, .positions)
            } else {
                try sink.report(
                    .warning, .recordIgnored, line: row.line, field: "header",
                    "The first row names no column that is known, so the columns are taken in Slack's usual order: "
                        + "username, email, status, …, userid, fullname, displayname.")
            }
        }
    }

    private func stage(_ row: borrowing DelimitedRow, _ columns: Columns) throws {
        guard row.count > 1, !row.hasSurplus(beyond: columns.count) else {
            try sink.refuse(
                line: row.line,
                "The row has \(row.count) fields where \(columns.count) belong. Put fields that hold separators in "
                    + "quotes.")
            return
        }
        let username = row.name(columns.username)
        let email = row.trimmed(columns.email)
        let userID = row.trimmed(columns.userID)
        guard !username.isEmpty || !email.isEmpty else {
            try sink.refuse(
                line: row.line, field: "username", "The row has neither a username nor an e-mail address.")
            return
        }
        var importIDs = [userID, email].filter { !$0.isEmpty }
        if importIDs.isEmpty { importIDs = [username] }
        var user = UserRecord(importIDs: importIDs, emails: email.isEmpty ? [] : [email], type: "user")
        user.username = username.isEmpty ? nil : username
        user.name = [row.trimmed(columns.fullName), row.trimmed(columns.displayName), username]
            .first { !$0.isEmpty }
        try apply(status: row.trimmed(columns.status), to: &user, line: row.line)
        try sink.stage(.user(user))
    }

    private func apply(status: String, to user: inout UserRecord, line: Int) throws {
        switch status.lowercased() {
        case "deactivated": user.isDeleted = true
        case "bot":
            user.type = "bot"
            user.roles = ["bot"]
        case "admin", "owner", "primary owner":
            try sink.report(
                .info, .valueReplaced, line: line, field: "status", value: status,
                "No rights over the workspace come from a file. Give the role by hand if this person is to have it.")
        default: break
        }
    }
}
