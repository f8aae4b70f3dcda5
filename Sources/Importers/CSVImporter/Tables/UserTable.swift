internal import ExportFiles
internal import ImportDomain
internal import JSON
internal import SHA256

/// `users.csv`: one user a row.
///
/// Source: docs/importers/csv.md, "Users".
struct UserTable: DelimitedTable {
    private let sink: RecordSink
    private let onUsername: (String) throws -> Void
    private var columns: UserColumns?

    /// - Parameter onUsername: hears of each username that was staged.
    init(sink: RecordSink, onUsername: @escaping (String) throws -> Void) {
        self.sink = sink
        self.onUsername = onUsername
    }

    mutating func receive(_ row: borrowing DelimitedRow) throws {
        if let columns {
            try stage(row, columns)
        } else if let named = UserColumns(HeaderRow(row)) {
            columns = named
            try sink.reportIgnored(named.ignoredTitles, line: row.line)
        } else {
            columns = .positions
            try stage(row, .positions)
        }
    }

    private func stage(_ row: borrowing DelimitedRow, _ columns: UserColumns) throws {
        guard row.count >= columns.minimumCount, !row.hasSurplus(beyond: columns.count) else {
            try sink.refuse(
                line: row.line,
                "The row has \(row.count) fields where \(columns.count) belong. Put fields that hold separators in "
                    + "quotes.")
            return
        }
        let username = row.name(columns.username)
        let emails = row.list(columns.emails)
        guard username.utf8.count <= SourceName.maximumBytes else {
            try sink.refuse(
                line: row.line, field: "username", value: username,
                "The username has more than \(SourceName.maximumBytes) bytes. Shorten it.")
            return
        }
        var importIDs = row.list(columns.importIDs)
        if !username.isEmpty, !importIDs.contains(username) { importIDs.append(username) }
        if importIDs.isEmpty { importIDs.append(contentsOf: emails.prefix(1)) }
        guard !importIDs.isEmpty else {
            try sink.refuse(line: row.line, field: "username", "The row names nobody. Give it a username.")
            return
        }
        var user = UserRecord(importIDs: importIDs, emails: emails)
        user.username = nonEmpty(username)
        user.name = nonEmpty(row.trimmed(columns.name))
        user.roles = row.list(columns.roles)
        user.type = nonEmpty(row.trimmed(columns.type).lowercased()) ?? "user"
        user.bio = nonEmpty(row.trimmed(columns.bio))
        user.statusText = nonEmpty(row.trimmed(columns.statusText))
        user.isDeleted = try isDeleted(row, columns)
        user.utcOffset = try utcOffset(row, columns)
        user.avatarURL = try avatarURL(row, columns)
        user.passwordDigest = passwordDigest(row, columns)
        user.customFields = JSONObjectText.fields(columns.customFields.map { ($0.rest, row.trimmed($0.index)) })
        try sink.stage(.user(user))
        if !username.isEmpty { try onUsername(username) }
    }

    private func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    private func isDeleted(_ row: borrowing DelimitedRow, _ columns: UserColumns) throws -> Bool {
        let value = row.trimmed(columns.deleted)
        switch value.lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0", "": return false
        default:
            try sink.report(
                .warning, .valueReplaced, line: row.line, field: "deleted", value: value,
                "This is neither true nor false; the account will be active.")
            return false
        }
    }

    private func utcOffset(_ row: borrowing DelimitedRow, _ columns: UserColumns) throws -> Double? {
        let value = row.trimmed(columns.utcOffset)
        if value.isEmpty { return nil }
        if let hours = Double(value), (-14...14).contains(hours) { return hours }
        try sink.report(
            .warning, .valueReplaced, line: row.line, field: "utcoffset", value: value,
            "This is no number of hours between -14 and 14; it is left out.")
        return nil
    }

    private func avatarURL(_ row: borrowing DelimitedRow, _ columns: UserColumns) throws -> String? {
        let value = row.trimmed(columns.avatarURL)
        if value.isEmpty { return nil }
        let scheme = value.prefix(8).lowercased()
        if scheme.hasPrefix("http://") || scheme.hasPrefix("https://") { return value }
        try sink.report(
            .warning, .valueReplaced, line: row.line, field: "avatarurl",
            "The address of the avatar does not begin with http:// or https://; it is left out.")
        return nil
    }

    /// Passwords are taken as they stand, white space included, and never kept.
    private func passwordDigest(_ row: borrowing DelimitedRow, _ columns: UserColumns) -> String? {
        guard let column = columns.password, column < row.count, !row.bytes(column).isEmpty else { return nil }
        return SHA256Digest.hexadecimal(of: row[column])
    }
}
