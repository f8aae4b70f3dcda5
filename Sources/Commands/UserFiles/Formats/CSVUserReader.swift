internal import DelimitedText
internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

/// Reads users from delimited text.
struct CSVUserReader {
    let plan: ColumnPlan
    let options: UserFileOptions

    private static func reader(_ options: UserFileOptions) -> DelimitedTextReader {
        var limits = DelimitedTextLimits()
        limits.maximumFieldBytes = options.maximumUserBytes
        limits.maximumRowBytes = options.maximumUserBytes
        limits.maximumLookaheadBytes = options.maximumUserBytes
        return DelimitedTextReader(limits: limits, delimiter: options.delimiter, encoding: options.encoding)
    }

    /// The plan of a file, by its first row that is not blank.
    static func plan(of stream: ExportStream, options: UserFileOptions) throws -> ColumnPlan {
        var reader = reader(options)
        var plan: ColumnPlan?
        func take(_ row: borrowing DelimitedRow) throws {
            guard plan == nil, !row.isBlank || row.fault != nil else { return }
            if let fault = row.fault {
                throw UserFileError(.damaged, "The first row cannot be read. \(fault.message)", field: "header")
            }
            if let map = options.map {
                plan = try ColumnPlan(firstRow: row, map: map, origin: .given)
                throw HasBegun()
            }
            let names = ColumnPlan.headerNames(HeaderRow(row))
            if let map = try options.headers?.map(of: names) {
                plan = try ColumnPlan(firstRow: row, map: map, origin: .remembered)
            } else {
                plan = try ColumnPlan(firstRow: row, map: nil, origin: .titles)
            }
            throw HasBegun()
        }
        do {
            try stream.read {
                try reader.receive($0, take)
                if plan != nil { throw HasBegun() }
            }
            try reader.finish(take)
        } catch is HasBegun {}
        guard let plan else {
            throw UserFileError(
                .empty, "The file has no rows. Write one user per row, below a header such as username,email,name.")
        }
        return plan
    }

    /// The first row is read; the rest is not needed yet.
    private struct HasBegun: Error {}

    /// Reads all rows.
    func read(_ stream: any ByteSource, into intake: UserIntake) throws {
        var reader = Self.reader(options)
        var isPastHeader = !plan.hasHeader
        try reader.read(stream) { row in
            if let fault = row.fault {
                isPastHeader = true
                return try intake.reject(UserFault(.rowInvalid, line: row.line, fault.message))
            }
            if row.isBlank { return }
            guard isPastHeader else {
                isPastHeader = true
                return
            }
            let draft: UserDraft
            do throws(UserFault) {
                draft = try self.draft(of: row, intake)
            } catch {
                return try intake.reject(error)
            }
            try intake.take(draft)
        }
        if reader.usedFallbackEncoding {
            intake.note(
                .fallbackEncoding,
                "The file is not UTF-8 and was read as Windows-1252. If names look wrong, save it as UTF-8.")
        }
        if reader.hasReplacements {
            intake.note(.bytesReplaced, "Some bytes are invalid in the file's encoding and were replaced with U+FFFD.")
        }
        if reader.removedNULs > 0 {
            intake.note(.bytesReplaced, count: reader.removedNULs, "NUL characters were removed.")
        }
        if reader.skippedLines > 0 {
            intake.note(
                .linesSkipped, count: reader.skippedLines,
                "These lines follow a quote that is never closed and were skipped until one that fits.")
        }
        if !plan.ignoredTitles.isEmpty {
            let titles = plan.ignoredTitles.prefix(20).map { String($0.prefix(40)) }.joined(separator: ", ")
            intake.note(
                .fieldIgnored, field: titles, count: plan.ignoredTitles.count,
                "These columns are not imported. Map those that should be.")
        }
    }

    /// The user of one row.
    private func draft(of row: borrowing DelimitedRow, _ intake: UserIntake) throws(UserFault) -> UserDraft {
        guard (plan.minimumCount...max(plan.minimumCount, plan.count)).contains(row.count) else {
            throw UserFault(
                .rowInvalid, line: row.line,
                "The row has \(row.count) fields where \(plan.count) belong. Put fields that hold separators in quotes."
            )
        }
        if let column = plan.recordType {
            let type = text(row, column)
            guard type.isEmpty || type == "user" else {
                throw UserFault(
                    .rowInvalid, line: row.line, field: UserColumnTitles.failureType, value: type,
                    "The row describes a \(type.prefix(64)). Send the table to import.retry, which takes all types.")
            }
        }
        var draft = UserDraft(line: row.line)
        readIdentity(row, into: &draft, intake)
        draft.record.name =
            nonEmpty(name(row)) ?? first(row, .nickname) ?? (plan.isSlackList ? draft.record.username : nil)
        draft.record.nickname = first(row, .nickname)
        if draft.record.nickname == draft.record.name { draft.record.nickname = nil }
        if let column = plan.column(.roles) { draft.record.roles = row.list(column, isProtected: plan.isFailureTable) }
        draft.record.type = first(row, .type)?.lowercased()
        draft.record.bio = first(row, .bio)
        draft.record.statusText = first(row, .statusText)
        let isDeleted = try flag(row, .deleted)
        let isActive = try flag(row, .active)
        draft.record.isDeleted = isDeleted ?? false || isActive == false
        draft.record.isActivated = plan.isFailureTable && isDeleted == false && isActive != false
        if let status = first(row, .status) {
            AccountStatus.apply(status, to: &draft.record) { _, _, message in
                intake.note(.statusReplaced, line: row.line, field: status, message)
            }
        }
        if let hours = first(row, .utcOffset) {
            // Spreadsheets in other languages write a comma.
            guard let number = Double(hours) ?? Double(hours.replacing(",", with: ".")) else {
                throw UserFault(
                    .valueInvalid, line: row.line, field: "utcoffset", value: hours,
                    "This is not a number of hours. Write hours relative to UTC, such as 5.5.")
            }
            draft.record.utcOffset = number
        }
        if let address = first(row, .avatarURL) {
            guard address.isWebAddress || address.lowercased().hasPrefix("data:image/") else {
                throw UserFault(
                    .valueInvalid, line: row.line, field: "avatarurl", value: address,
                    "The address of the avatar does not begin with http:// or https://.")
            }
            draft.record.avatarURL = address
        }
        if plan.isFailureTable {
            draft.record.isMatchedByUsername = try flag(row, .matchedByUsername) ?? true
            draft.record.customFields = try customFields(row)
        } else if !plan.customFields.isEmpty {
            draft.record.customFields = CustomFields.text(
                plan.customFields.map { ($0.key, row.trimmed($0.index)) })
        }
        readPassword(row, into: &draft, intake)
        return draft
    }

    private func readIdentity(_ row: borrowing DelimitedRow, into draft: inout UserDraft, _ intake: UserIntake) {
        for column in plan.columns(.username) where draft.record.username == nil {
            draft.record.username = nonEmpty(row.name(column, isProtected: plan.isFailureTable))
        }
        if plan.takesLocalPart, let address = draft.record.username, let sign = address.lastIndex(of: "@") {
            // Entra writes guests as name_host#EXT#@tenant.
            let local = address[..<sign]
            let name = local.firstRange(of: "#EXT#").map { local[..<$0.lowerBound] } ?? local
            draft.record.username = nonEmpty(String(name))
            intake.note(
                .usernameFromAddress, line: row.line, field: "username",
                "Usernames are the part of the address before the @.")
        }
        var addresses: Set<String> = []
        for column in plan.columns(.email) {
            for address in row.list(column, isProtected: plan.isFailureTable)
            where addresses.insert(CaseFolding.key(address)).inserted {
                draft.record.emails.append(address)
            }
        }
        for column in plan.columns(.importID) {
            for id in row.exactList(column, isProtected: plan.isFailureTable)
            where !draft.record.importIDs.contains(where: { ExactString($0) == ExactString(id) }) {
                draft.record.importIDs.append(id)
            }
        }
        if plan.isSlackList {
            draft.record.importIDs += draft.record.emails.prefix(1)
        } else if !plan.isFailureTable, let username = draft.record.username,
            !draft.record.importIDs.contains(where: { ExactString($0) == ExactString(username) })
        {
            draft.record.importIDs.append(username)
        }
    }

    private func name(_ row: borrowing DelimitedRow) -> String {
        if let name = first(row, .name) { return name }
        return [first(row, .givenName), first(row, .familyName)].compactMap { $0 }.joined(separator: " ")
    }

    /// Passwords are taken unchanged, white space included.
    private func readPassword(_ row: borrowing DelimitedRow, into draft: inout UserDraft, _ intake: UserIntake) {
        guard let column = plan.column(.password), column < row.count, !row.bytes(column).isEmpty else { return }
        if let kind = plan.passwordHashKind, !row.trimmed(kind).isEmpty {
            intake.note(
                .passwordIgnored, line: row.line, field: "password",
                "The password is a hash of another system, which cannot be used. The account gets no password.")
            return
        }
        let password = row.withCell(column, isProtected: plan.isFailureTable) { String(decoding: $0, as: UTF8.self) }
        if password.utf8.allSatisfy({ $0 == UInt8(ascii: "*") }) {
            intake.note(
                .passwordIgnored, line: row.line, field: "password",
                "The password is a row of asterisks, which stands for a hidden one. The account gets no password.")
            return
        }
        draft.password = password
    }

    private func customFields(_ row: borrowing DelimitedRow) throws(UserFault) -> String? {
        guard let text = first(row, .customFields) else { return nil }
        // Whatever is wrong with it, the fault says what it needs.
        if let value = try? JSONValue(parsing: text), value.kind == .object { return value.serialized() }
        throw UserFault(
            .valueInvalid, line: row.line, field: "customfields", value: text, "This is not an object in JSON.")
    }

    private func flag(_ row: borrowing DelimitedRow, _ field: UserField) throws(UserFault) -> Bool? {
        guard let value = first(row, field) else { return nil }
        if let flag = FlagWord.value(of: value.lowercased()) { return flag }
        throw UserFault(
            .valueInvalid, line: row.line, field: field.rawValue, value: value,
            "This is neither true nor false. Write true, yes, y, 1 or x; false, no, n or 0; or nothing.")
    }

    /// The first value of a field that is not empty.
    private func first(_ row: borrowing DelimitedRow, _ field: UserField) -> String? {
        for column in plan.columns(field) {
            let value = text(row, column)
            if !value.isEmpty { return value }
        }
        return nil
    }

    private func text(_ row: borrowing DelimitedRow, _ column: Int) -> String {
        row.trimmed(column, isProtected: plan.isFailureTable)
    }

    private func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }
}
