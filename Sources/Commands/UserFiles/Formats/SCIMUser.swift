internal import Foundation
internal import ImportDomain
internal import ImporterKit
internal import JSON

/// Reads one user in the form of SCIM 2.0. Names of attributes ignore letter case.
///
/// Source: RFC 7643, sections 2.1 and 4.1.
struct SCIMUser {
    let options: UserFileOptions
    let line: Int
    let intake: UserIntake

    private static let read: Set = [
        "schemas", "id", "externalid", "username", "name", "displayname", "nickname", "emails", "active", "title",
        "timezone", "photos", "password", "meta",
    ]

    func draft(_ value: JSONValue) throws(UserFault) -> UserDraft {
        guard case .object(let members) = value else {
            throw UserFault(.rowInvalid, line: line, "This is not a user. Write each user as an object.")
        }
        let fields = Fields(members)
        var draft = UserDraft(line: line)
        draft.record.importIDs = [try text(fields, "id"), try text(fields, "externalid")].compactMap { $0 }
        if draft.record.importIDs.count == 2,
            ExactString(draft.record.importIDs[0]) == ExactString(draft.record.importIDs[1])
        {
            draft.record.importIDs.removeLast()
        }
        if let username = try text(fields, "username") {
            let sign = username.lastIndex(of: "@")
            draft.record.username = sign.map { String(username[..<$0]) } ?? username
            if draft.record.username == "" { draft.record.username = nil }
            if sign != nil {
                intake.note(
                    .usernameFromAddress, line: line, field: "username",
                    "Usernames are the part of the address before the @.")
            }
        }
        draft.record.name = try name(fields)
        draft.record.nickname = try text(fields, "nickname")
        draft.record.emails = try emails(fields)
        draft.record.bio = try text(fields, "title")
        draft.record.isDeleted = try flag(fields, "active") == false
        if let zone = try text(fields, "timezone") { draft.record.utcOffset = offset(of: zone) }
        draft.record.avatarURL = try photo(fields)
        try readPassword(fields, into: &draft)
        for member in members where !Self.read.contains(member.key.lowercased()) {
            intake.note(.fieldIgnored, line: line, field: member.key, "This attribute is not imported.")
        }
        return draft
    }

    /// The attributes of an object by their names in lower case.
    private struct Fields {
        private let values: [String: JSONValue]

        init(_ members: [JSONMember]) {
            values = Dictionary(members.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        }

        /// The attribute's value; nil if it is null.
        subscript(_ name: String) -> JSONValue? {
            if let value = values[name], value != .null { value } else { nil }
        }
    }

    private func text(_ fields: Fields, _ name: String) throws(UserFault) -> String? {
        switch fields[name] {
        case nil: return nil
        case .string(let text): return text.trimmedIfNotBlank
        case .number(let number): return number.identifyingText
        case .some(let other): throw invalid(name, "a string", other)
        }
    }

    private func flag(_ fields: Fields, _ name: String) throws(UserFault) -> Bool? {
        switch fields[name] {
        case nil: return nil
        case .boolean(let flag): return flag
        case .string(let word):
            if let flag = FlagWord.value(of: word.lowercased()) { return flag }
            throw invalid(name, "true or false", .string(word))
        case .some(let other): throw invalid(name, "true or false", other)
        }
    }

    private func invalid(_ field: String, _ expected: String, _ value: JSONValue) -> UserFault {
        UserFault(.valueInvalid, line: line, field: field, value: value.serialized(), "This is not \(expected).")
    }

    private func name(_ fields: Fields) throws(UserFault) -> String? {
        if case .object(let members) = fields["name"] {
            let parts = Fields(members)
            if let formatted = try text(parts, "formatted") { return formatted }
            let joined = [try text(parts, "givenname"), try text(parts, "familyname")].compactMap { $0 }
                .joined(separator: " ")
            if !joined.isEmpty { return joined }
        }
        return try text(fields, "displayname")
    }

    /// The values of a multi-valued attribute, the primary one first.
    private func values(_ fields: Fields, _ name: String) throws(UserFault) -> [(value: String, type: String)] {
        switch fields[name] {
        case nil: return []
        case .array(let elements):
            var (primary, others) = ([(value: String, type: String)](), [(value: String, type: String)]())
            for element in elements {
                if case .string(let value) = element {
                    if let value = value.trimmedIfNotBlank { others.append((value, "")) }
                    continue
                }
                guard case .object(let members) = element else { throw invalid(name, "a list of objects", element) }
                let parts = Fields(members)
                guard let value = try text(parts, "value") else { continue }
                let type = try text(parts, "type")?.lowercased() ?? ""
                if try flag(parts, "primary") == true {
                    primary.append((value, type))
                } else {
                    others.append((value, type))
                }
            }
            return primary + others
        case .string(let text): return text.trimmedIfNotBlank.map { [($0, "")] } ?? []
        case .some(let other): throw invalid(name, "a list", other)
        }
    }

    private func emails(_ fields: Fields) throws(UserFault) -> [String] {
        var seen: Set<String> = []
        return try values(fields, "emails").map(\.value).filter { seen.insert(CaseFolding.key($0)).inserted }
    }

    private func photo(_ fields: Fields) throws(UserFault) -> String? {
        let photos = try values(fields, "photos")
        guard let photo = photos.first(where: { $0.type == "photo" }) ?? photos.first else { return nil }
        if photo.value.isWebAddress || photo.value.lowercased().hasPrefix("data:image/") { return photo.value }
        intake.note(
            .valueIgnored, line: line, field: "photos", "The address of the photo is not http(s); it is left out.")
        return nil
    }

    /// The hours of a time zone now.
    private func offset(of zone: String) -> Double? {
        if let zone = TimeZone(identifier: zone) { return Double(zone.secondsFromGMT()) / 3600 }
        intake.note(
            .valueIgnored, line: line, field: "timezone", "The name of the time zone is not known; it is left out.")
        return nil
    }

    private func readPassword(_ fields: Fields, into draft: inout UserDraft) throws(UserFault) {
        guard let value = fields["password"] else { return }
        guard options.takesPasswords else {
            intake.note(
                .passwordIgnored, line: line, field: "password",
                "Passwords of SCIM are not imported unless they are asked for.")
            return
        }
        guard case .string(let password) = value else {
            throw UserFault(.valueInvalid, line: line, field: "password", "The password is not a string.")
        }
        draft.password = password.isEmpty ? nil : password
    }
}
