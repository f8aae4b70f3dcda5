internal import DelimitedText
internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// The member list of a Slack workspace, as its administration page exports it.
///
/// Source: docs/importers/slack-users.md, "Columns".
struct SlackMemberTable: DelimitedTable {
    let sink: RecordSink
    private var columns: Columns?
    /// Whether the first row has titles that nobody knows.
    private var isBehindForeignHeader = false

    init(sink: RecordSink) {
        self.sink = sink
    }

    /// Column positions in the table.
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
            return
        }
        if isBehindForeignHeader {
            return try stageByPosition(row)
        }
        let header = HeaderRow(row)
        if let named = Columns(header) {
            // A status is what tells a list of Slack's from any other table of users.
            guard header.format == .slackMembers || named.status != nil else {
                throw (header.format ?? .userTable).refusal()
            }
            columns = named
        } else if let format = header.format {
            throw format.refusal()
        } else {
            if row.count > 1, row.bytes(1).contains(UInt8(ascii: "@")) || AccountStatus.isSlack(row.trimmed(2)) {
                try stageByPosition(row)
            } else {
                isBehindForeignHeader = true
                try sink.report(
                    .warning, .recordIgnored, at: row.line, field: "header",
                    "The first row names no column that is known, so the columns are taken in Slack's usual order: "
                        + "username, email, status, …, userid, fullname, displayname.")
            }
        }
    }

    private mutating func stageByPosition(_ row: borrowing DelimitedRow) throws {
        try requireStatus(row)
        var positions = Columns.positions
        positions.count = row.width(beyond: positions.count)
        columns = positions
        try stage(row, positions)
    }

    /// Rejects a table without known titles whose third column is not Slack's status: names would be lost.
    private func requireStatus(_ row: borrowing DelimitedRow) throws {
        guard !AccountStatus.isSlack(row.trimmed(2)), row.count > 2 else { return }
        throw ImportFileFailure(
            .unrecognized,
            message: "The file is not a member list of Slack: its first line does not name the columns, and the third "
                + "column is not a status such as Member or Deactivated. For a table of username, e-mail address and "
                + "name choose the importer csv.")
    }

    private func stage(_ row: borrowing DelimitedRow, _ columns: Columns) throws {
        guard try requireFields(row, minimum: 2, of: columns.count) else { return }
        let username = row.name(columns.username)
        let email = row.trimmed(columns.email)
        let userID = row.trimmed(columns.userID)
        guard !username.isEmpty || !email.isEmpty else {
            return try sink.refuse(
                line: row.line, field: "username", "The row has neither a username nor an e-mail address.")
        }
        guard username.utf8.count <= SourceName.maximumBytes, email.utf8.count <= RecordLimits.addressBytes,
            userID.utf8.count <= RecordLimits.importIDBytes
        else {
            return try sink.refuse(
                line: row.line, field: "username",
                "The username, address or id is too long: at most \(SourceName.maximumBytes), "
                    + "\(RecordLimits.addressBytes) and \(RecordLimits.importIDBytes) bytes.")
        }
        var importIDs = [userID, email].filter { !$0.isEmpty }
        if importIDs.isEmpty { importIDs = [username] }
        var user = UserRecord(importIDs: importIDs, emails: email.isEmpty ? [] : [email], type: "user")
        user.username = username.isEmpty ? nil : username
        let displayName = row.trimmed(columns.displayName)
        let name = [row.trimmed(columns.fullName), displayName, username].first { !$0.isEmpty } ?? ""
        user.name = try sink.fitting(name, RecordLimits.nameBytes, field: "fullname", line: row.line)
        try AccountStatus.apply(row.trimmed(columns.status), to: &user, line: row.line, sink)
        try sink.stage(.user(user))
    }
}
