internal import ImportAPI
internal import ImportDomain
internal import JSON

/// One user of a list, read and not yet validated.
struct UserDraft {
    /// The line where the user begins, from 1.
    let line: Int
    /// Everything but the password.
    var record = UserRecord(importIDs: [], emails: [])
    /// The password in plain text.
    var password: String?

    init(line: Int) { self.line = line }

    /// Completes the type, which Rocket.Chat requires, and the import ids: without any, the username or else the first
    /// address identifies the user.
    mutating func complete() {
        if record.type == nil { record.type = "user" }
        guard record.importIDs.isEmpty else { return }
        record.importIDs = [record.username ?? record.emails.first].compactMap { $0 }
    }

    /// Why the user cannot be imported, whatever the workspace holds; nil if it can.
    var fault: UserFault? {
        if record.username == nil, record.emails.isEmpty {
            return UserFault(
                .withoutID, line: line, field: "username",
                "The user has neither a username nor an e-mail address. Give it one of them.")
        }
        if let violation = record.limitViolation {
            return UserFault(.valueTooLong, line: line, field: violation.field, violation.message + " Shorten it.")
        }
        for address in record.emails where !Self.isAddress(address) {
            return UserFault(
                .valueInvalid, line: line, field: "email", value: address,
                "This is not an e-mail address. Write it as name@example.org.")
        }
        if let type = record.type, type != "user", type != "bot" {
            return UserFault(
                .valueInvalid, line: line, field: "type", value: type, "The type is neither \"user\" nor \"bot\".")
        }
        if let hours = record.utcOffset, !(-14...14).contains(hours) {
            return UserFault(
                .valueInvalid, line: line, field: "utcoffset", value: "\(hours)",
                "This is not a number of hours between -14 and 14.")
        }
        return nil
    }

    /// Whether a text has a name, an `@` and a host, and no white space or control characters.
    private static func isAddress(_ text: String) -> Bool {
        let utf8 = text.utf8
        guard let sign = utf8.lastIndex(of: UInt8(ascii: "@")), sign != utf8.startIndex,
            utf8.index(after: sign) != utf8.endIndex
        else { return false }
        return utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    /// The user as `import.addUsers` takes it.
    var body: StagedUserBody {
        var body = StagedUserBody(emails: record.emails, importIds: record.importIDs)
        body.username = record.username
        body.name = record.name
        body.nickname = record.nickname
        body.utcOffset = record.utcOffset
        body.avatarUrl = record.avatarURL
        body.deleted = record.isDeleted ? true : record.isActivated ? false : nil
        body.statusText = record.statusText
        body.roles = record.roles.isEmpty ? nil : record.roles
        body.type = record.type
        body.bio = record.bio
        body.password = password
        // The text was read as JSON before, so it can be parsed.
        body.customFields = record.customFields.flatMap { try? JSONBody(JSONValue(parsing: $0)) }
        body.matchedByUsername = record.isMatchedByUsername ? nil : false
        return body
    }
}

extension JSONBody {
    /// The same value in the contract's form.
    fileprivate init(_ value: JSONValue) {
        switch value {
        case .object(let members):
            self = .object(Dictionary(members.map { ($0.key, JSONBody($0.value)) }) { first, _ in first })
        case .array(let elements): self = .array(elements.map(JSONBody.init))
        case .string(let text): self = .string(text)
        case .number(let number): self = number.integer.map(JSONBody.integer) ?? .number(number.double)
        case .boolean(let flag): self = .boolean(flag)
        case .null: self = .null
        }
    }
}
