internal import DelimitedText
internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON
internal import SHA256

/// `users.csv`: one user a row.
///
/// Source: docs/importers/csv.md, "Users".
struct CSVUsers: PositionedTable {
    let sink: RecordSink
    private let onUsername: (String) throws -> Void
    var columns: UserColumns?
    let fixedColumns = UserColumns.positions
    let advice = ". Put fields that hold separators in quotes."

    /// - Parameter onUsername: hears of each username that was staged.
    init(sink: RecordSink, onUsername: @escaping (String) throws -> Void) {
        self.sink = sink
        self.onUsername = onUsername
    }

    func stage(_ row: borrowing DelimitedRow, _ columns: UserColumns) throws {
        guard try isOfUser(row, columns) else { return }
        let username = row.name(columns.username, isProtected: columns.isFailureTable)
        if columns.isByPosition, let email = row.list(columns.emails, isProtected: columns.isFailureTable).first,
            !email.contains("@")
        {
            return try sink.refuse(
                line: row.line, field: "email", value: email,
                "The second column is not an e-mail address. Without a header the columns are username, e-mail "
                    + "address and name.")
        }
        guard username.utf8.count <= SourceName.maximumBytes else {
            return try sink.refuse(
                line: row.line, field: "username", value: username,
                "The username has more than \(SourceName.maximumBytes) bytes. Shorten it.")
        }
        let emails = try sink.fitting(
            row.list(columns.emails, isProtected: columns.isFailureTable), most: RecordLimits.addressesPerUser,
            bytes: RecordLimits.addressBytes,
            field: "email", line: row.line)
        var importIDs = try sink.fitting(
            row.exactList(columns.importIDs, isProtected: columns.isFailureTable),
            most: RecordLimits.importIDsPerRecord - 1,
            bytes: RecordLimits.importIDBytes, field: "importid", line: row.line)
        // A user of `import.failures` has its import ids.
        if !username.isEmpty, !columns.isFailureTable || importIDs.isEmpty,
            !importIDs.contains(where: { ExactString($0) == ExactString(username) })
        {
            importIDs.append(username)
        }
        if columns.isSlackList || importIDs.isEmpty { importIDs.append(contentsOf: emails.prefix(1)) }
        guard !importIDs.isEmpty else {
            return try sink.refuse(line: row.line, field: "username", "The row names nobody. Give it a username.")
        }
        var user = UserRecord(importIDs: importIDs, emails: emails)
        user.username = nonEmpty(username)
        user.name = try sink.fitting(
            row.trimmed(columns.name, isProtected: columns.isFailureTable), RecordLimits.nameBytes, field: "name",
            line: row.line)
        user.nickname = try sink.fitting(
            row.trimmed(columns.nickname, isProtected: columns.isFailureTable), RecordLimits.nameBytes,
            field: "nickname", line: row.line)
        user.roles = try sink.fitting(
            row.list(columns.roles, isProtected: columns.isFailureTable), most: RecordLimits.rolesPerUser,
            bytes: RecordLimits.roleBytes, field: "roles",
            line: row.line)
        user.type = nonEmpty(row.trimmed(columns.type, isProtected: columns.isFailureTable).lowercased()) ?? "user"
        user.bio = try sink.fitting(
            row.trimmed(columns.bio, isProtected: columns.isFailureTable), RecordLimits.descriptionBytes, field: "bio",
            line: row.line)
        user.statusText = try sink.fitting(
            row.trimmed(columns.statusText, isProtected: columns.isFailureTable), RecordLimits.descriptionBytes,
            field: "statustext", line: row.line)
        (user.isDeleted, user.isActivated) = try activation(row, columns)
        try AccountStatus.apply(
            row.trimmed(columns.status, isProtected: columns.isFailureTable), to: &user, line: row.line, sink)
        user.utcOffset = try utcOffset(row, columns)
        user.avatarURL = try avatarURL(row, columns)
        user.passwordDigest = passwordDigest(row, columns)
        if columns.isFailureTable {
            user.organization = nonEmpty(row.trimmed(columns.organization, isProtected: true))
            user.isMatchedByUsername =
                try flag(row, columns.matchedByUsername, field: "matchedbyusername", unreadable: false, columns) ?? true
            user.customFields = try customFields(row, columns)
            try sink.stage(.user(user))
            if !username.isEmpty { try onUsername(username) }
            return
        }
        user.customFields = CustomFields.text(
            columns.customFields.map { ($0.rest, row.trimmed($0.index, isProtected: columns.isFailureTable)) })
        try sink.stage(.user(user))
        if !username.isEmpty { try onUsername(username) }
    }

    /// Whether a row describes a user; tables of `import.failures` have rooms and messages as well.
    private func isOfUser(_ row: borrowing DelimitedRow, _ columns: UserColumns) throws -> Bool {
        let type = row.trimmed(columns.recordType)
        if type.isEmpty || type == "user" { return true }
        try sink.refuse(
            line: row.line, field: "failure.type", value: type,
            "The row describes a \(type.prefix(64)). Send the table to import.retry, which takes all types.")
        return false
    }

    private func customFields(_ row: borrowing DelimitedRow, _ columns: UserColumns) throws -> String? {
        let text = row.trimmed(columns.customFieldsObject, isProtected: true)
        if text.isEmpty { return nil }
        // Whatever is wrong with it, the finding says what it needs.
        if let value = try? JSONValue(parsing: text), value.kind == .object { return value.serialized() }
        try sink.report(
            .warning, .valueReplaced, at: row.line, field: "customfields", value: text,
            "This is not an object in JSON. It is left out.")
        return nil
    }

    private func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    /// Whether the account is created deactivated, and whether the table says that it is active. Only tables of
    /// `import.failures` say so: elsewhere a false is what the table has for everybody.
    private func activation(
        _ row: borrowing DelimitedRow, _ columns: UserColumns
    ) throws -> (isDeleted: Bool, isActivated: Bool) {
        let deleted = try flag(row, columns.deleted, field: "deleted", unreadable: true, columns)
        let isActive = try flag(row, columns.active, field: "active", unreadable: false, columns) ?? true
        return (deleted ?? false || !isActive, columns.isFailureTable && deleted == false && isActive)
    }

    private func flag(
        _ row: borrowing DelimitedRow, _ column: Int?, field: String, unreadable: Bool, _ columns: UserColumns
    ) throws -> Bool? {
        let value = row.trimmed(column, isProtected: columns.isFailureTable)
        if value.isEmpty { return nil }
        if let flag = FlagWord.value(of: value.lowercased()) { return flag }
        try sink.report(
            .warning, .valueReplaced, at: row.line, field: field, value: value,
            "This is neither true nor false, so the account is deactivated. Write true or false.")
        return unreadable
    }

    private func utcOffset(_ row: borrowing DelimitedRow, _ columns: UserColumns) throws -> Double? {
        let value = row.trimmed(columns.utcOffset, isProtected: columns.isFailureTable)
        if value.isEmpty { return nil }
        if let hours = Double(value), (-14...14).contains(hours) { return hours }
        try sink.report(
            .warning, .valueReplaced, at: row.line, field: "utcoffset", value: value,
            "This is not a number of hours between -14 and 14. It is left out.")
        return nil
    }

    private func avatarURL(_ row: borrowing DelimitedRow, _ columns: UserColumns) throws -> String? {
        let value = row.trimmed(columns.avatarURL, isProtected: columns.isFailureTable)
        if value.isEmpty { return nil }
        guard value.utf8.count <= RecordLimits.urlBytes else {
            try sink.report(
                .warning, .limitExceeded, at: row.line, field: "avatarurl",
                "The address of the avatar has more than \(RecordLimits.urlBytes) bytes; it is left out.")
            return nil
        }
        if value.isWebAddress { return value }
        try sink.report(
            .warning, .valueReplaced, at: row.line, field: "avatarurl",
            "The address of the avatar does not begin with http:// or https://; it is left out.")
        return nil
    }

    /// Passwords are taken unchanged, white space included, and never kept.
    private func passwordDigest(_ row: borrowing DelimitedRow, _ columns: UserColumns) -> String? {
        guard let column = columns.password, column < row.count, !row.bytes(column).isEmpty else { return nil }
        return row.withCell(column, isProtected: columns.isFailureTable) {
            SHA256Digest.hexadecimal(of: String(decoding: $0, as: UTF8.self))
        }
    }
}
