internal import ExportFiles
internal import Foundation
internal import ImportDomain
internal import ImporterKit
internal import JSON

/// Reads one user in JSON: in the form of `import.addUsers`, as Rocket.Chat's own calls return users, or in that of SCIM.
struct JSONUser {
    static let maximumDepth = 64

    let options: UserFileOptions
    let line: Int
    let intake: UserIntake

    /// The user is in the form of SCIM.
    private struct IsSCIM: Error {}
    /// The element is a record of another type.
    private struct IsOther: Error { let type: String }

    /// Reads a user.
    ///
    /// - Returns: nil for a record that is not a user.
    func draft(_ bytes: UnsafeRawBufferPointer, isSCIM: Bool) throws(UserFault) -> UserDraft? {
        do {
            if !isSCIM {
                do {
                    return try JSONReader.read(bytes, limits: JSONLimits(maximumDepth: Self.maximumDepth)) {
                        try ownDraft(&$0)
                    }
                } catch is IsSCIM {}
            }
            let value = try JSONReader.read(bytes, limits: JSONLimits(maximumDepth: Self.maximumDepth)) {
                try $0.readValue()
            }
            return try SCIMUser(options: options, line: line, intake: intake).draft(value)
        } catch let fault as UserFault {
            throw fault
        } catch let error as IsOther {
            intake.note(
                .recordIgnored, line: line, field: error.type, "Only users are imported; these records are left out.")
            return nil
        } catch let error as JSONError {
            throw UserFault(.rowInvalid, line: line, "\(error)")
        } catch {
            throw UserFault(.rowInvalid, line: line, "The user cannot be read: \(error)")
        }
    }

    private func ownDraft(_ reader: inout JSONReader) throws -> UserDraft {
        guard try reader.kind() == .object else {
            throw UserFault(.rowInvalid, line: line, "This is not a user. Write each user as an object.")
        }
        var draft = UserDraft(line: line)
        var type: String?
        var wrapped: UserDraft?
        var unknown: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "schemas", "userName": throw IsSCIM()
            case "emails", "email": draft.record.emails += try strings(&reader, "email", inner: ["address", "value"])
            case "importIds", "importId", "id", "_id":
                draft.record.importIDs += try strings(&reader, "importid", inner: [])
            case "username": draft.record.username = try name(&reader, "username")
            case "name": draft.record.name = try text(&reader, "name")
            case "nickname": draft.record.nickname = try text(&reader, "nickname")
            case "utcOffset": draft.record.utcOffset = try number(&reader, "utcoffset")
            case "avatarUrl": draft.record.avatarURL = try avatar(&reader)
            case "deleted":
                let isDeleted = try flag(&reader, "deleted")
                draft.record.isDeleted = draft.record.isDeleted || isDeleted == true
                draft.record.isActivated = isDeleted == false
            case "active": if try flag(&reader, "active") == false { draft.record.isDeleted = true }
            case "statusText": draft.record.statusText = try text(&reader, "statustext")
            case "roles": draft.record.roles = try strings(&reader, "roles", inner: [])
            case "type":
                type = try text(&reader, "type")
                draft.record.type = type
            case "bio": draft.record.bio = try text(&reader, "bio")
            case "password": draft.password = try password(&reader)
            case "matchedByUsername":
                draft.record.isMatchedByUsername = try flag(&reader, "matchedbyusername") ?? true
            case "customFields": draft.record.customFields = try object(&reader, "customfields")
            case "data":
                // The staged form, and that of `import.failures`: a record with its type.
                if try reader.kind() == .object {
                    wrapped = try ownDraft(&reader)
                } else {
                    try reader.skipValue()
                }
            default:
                unknown.append(key)
                try reader.skipValue()
            }
        }
        if let type, type != "user", type != "bot", wrapped != nil || Self.recordTypes.contains(type) {
            throw IsOther(type: type)
        }
        if let wrapped { return wrapped }
        for key in unknown {
            intake.note(.fieldIgnored, line: line, field: key, "This key is not imported.")
        }
        if draft.record.isDeleted { draft.record.isActivated = false }
        draft.record.emails = distinct(draft.record.emails, by: CaseFolding.key)
        draft.record.importIDs = distinct(draft.record.importIDs) { $0 }
        return draft
    }

    private static let recordTypes: Set = ["header", "channel", "message", "contact"]

    private func distinct(_ values: [String], by key: (String) -> String) -> [String] {
        guard values.count > 1 else { return values }
        var seen: Set<ExactString> = []
        return values.filter { seen.insert(ExactString(key($0))).inserted }
    }

    // MARK: Values

    private func invalid(_ field: String, _ expected: String, _ value: String?) -> UserFault {
        UserFault(.valueInvalid, line: line, field: field, value: value, "This is not \(expected).")
    }

    private func raw(_ reader: inout JSONReader) throws -> String { try reader.readRawText() }

    /// A string; numbers count as such. Nil for null and blank strings.
    private func text(_ reader: inout JSONReader, _ field: String) throws -> String? {
        switch try reader.kind() {
        case .string: return try reader.readString().trimmedIfNotBlank
        case .number: return try reader.readNumber().identifyingText
        case .null:
            try reader.readNull()
            return nil
        default: throw invalid(field, "a string", try raw(&reader))
        }
    }

    private func name(_ reader: inout JSONReader, _ field: String) throws -> String? {
        try text(&reader, field).map { SourceName.text($0) }
    }

    /// An array of strings, one string, or an array of objects that hold the strings under one of the keys.
    private func strings(_ reader: inout JSONReader, _ field: String, inner keys: [String]) throws -> [String] {
        guard try reader.kind() == .array else { return try text(&reader, field).map { [$0] } ?? [] }
        var values: [String] = []
        try reader.beginArray()
        while try reader.nextElement() {
            if try reader.kind() == .object, !keys.isEmpty {
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if keys.contains(key), let value = try text(&reader, field) {
                        values.append(value)
                    } else if !keys.contains(key) {
                        try reader.skipValue()
                    }
                }
            } else if let value = try text(&reader, field) {
                values.append(value)
            }
            guard values.count <= RecordLimits.importIDsPerRecord else {
                throw UserFault(
                    .valueTooLong, line: line, field: field,
                    "The list has more than \(RecordLimits.importIDsPerRecord) values. Shorten it.")
            }
        }
        return values
    }

    private func number(_ reader: inout JSONReader, _ field: String) throws -> Double? {
        if try reader.kind() == .number { return try reader.readNumber().double }
        guard let text = try text(&reader, field) else { return nil }
        guard let number = Double(text), number.isFinite else { throw invalid(field, "a number", text) }
        return number
    }

    private func flag(_ reader: inout JSONReader, _ field: String) throws -> Bool? {
        if try reader.kind() == .boolean { return try reader.readBoolean() }
        guard let text = try text(&reader, field) else { return nil }
        guard let flag = FlagWord.value(of: text.lowercased()) else { throw invalid(field, "true or false", text) }
        return flag
    }

    private func object(_ reader: inout JSONReader, _ field: String) throws -> String? {
        switch try reader.kind() {
        case .object: return try raw(&reader)
        case .null:
            try reader.readNull()
            return nil
        default: throw invalid(field, "an object", try raw(&reader))
        }
    }

    private func avatar(_ reader: inout JSONReader) throws -> String? {
        guard let address = try text(&reader, "avatarurl") else { return nil }
        guard address.isWebAddress || address.lowercased().hasPrefix("data:image/") else {
            throw UserFault(
                .valueInvalid, line: line, field: "avatarurl", value: address,
                "The address of the avatar does not begin with http://, https:// or data:image/.")
        }
        return address
    }

    /// Passwords are taken unchanged, white space included, and never shown.
    private func password(_ reader: inout JSONReader) throws -> String? {
        switch try reader.kind() {
        case .string:
            let password = try reader.readString()
            return password.isEmpty ? nil : password
        case .null:
            try reader.readNull()
            return nil
        default: throw UserFault(.valueInvalid, line: line, field: "password", "The password is not a string.")
        }
    }
}
