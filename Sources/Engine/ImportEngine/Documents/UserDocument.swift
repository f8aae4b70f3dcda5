import ImportDomain
import JSON

/// The JSON form of a user record, on the wire and in the staging area.
///
/// Scalars are converted as in Rocket.Chat's validator (numbers and Booleans to strings, numeric strings to numbers);
/// arrays and objects are never made from scalars. Other keys are ignored: `services` or `_id` would let a caller plant
/// password hashes or identities.
/// Source: the body of `import.addUsers`; docs/api.md, "Conversion of types".
enum UserDocument {
    /// Reads a user, and the plain text of its password.
    ///
    /// - Throws: `InvalidBody` without an index, or `JSONError`.
    static func read(_ reader: inout JSONReader) throws -> (record: UserRecord, password: String?) {
        guard try reader.kind() == .object else { throw InvalidBody(.wrongKind(expected: .object)) }
        var record = UserRecord(importIDs: [], emails: [])
        var password: String?
        var wrong: InvalidBody?
        var (hasEmails, hasImportIDs) = (false, false)

        try reader.beginObject()
        while let key = try reader.nextKey() {
            do {
                switch key {
                case "emails":
                    hasEmails = true
                    record.emails = try RecordJSON.strings(&reader)
                case "importIds":
                    hasImportIDs = true
                    record.importIDs = try RecordJSON.strings(&reader)
                case "username": record.username = try RecordJSON.string(&reader)
                case "name": record.name = try RecordJSON.string(&reader)
                case "nickname": record.nickname = try RecordJSON.string(&reader)
                case "utcOffset": record.utcOffset = try RecordJSON.number(&reader)
                case "avatarUrl": record.avatarURL = try RecordJSON.string(&reader)
                case "deleted":
                    let isDeleted = try RecordJSON.boolean(&reader)
                    (record.isDeleted, record.isActivated) = (isDeleted ?? false, isDeleted == false)
                case "statusText": record.statusText = try RecordJSON.string(&reader)
                case "roles": record.roles = try RecordJSON.optionalStrings(&reader)
                case "matchedByUsername": record.isMatchedByUsername = try RecordJSON.boolean(&reader) ?? true
                case "organization": record.organization = try RecordJSON.string(&reader)
                case "type": record.type = try RecordJSON.string(&reader)
                case "bio": record.bio = try RecordJSON.string(&reader)
                case "password": password = try RecordJSON.string(&reader)
                case "customFields": record.customFields = try RecordJSON.object(&reader)
                default: try reader.skipValue()
                }
            } catch let error as InvalidBody {
                // The rest is still read: broken JSON is reported first, then a missing property.
                if wrong == nil { wrong = InvalidBody(error.reason, field: key) }
            }
        }

        guard hasEmails else { throw InvalidBody(.missingProperty("emails"), field: "emails") }
        guard hasImportIDs else { throw InvalidBody(.missingProperty("importIds"), field: "importIds") }
        if let wrong { throw wrong }
        return (record, password)
    }

    /// Writes a user as it is kept in the staging area: everything but the password.
    static func text(of record: UserRecord) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.texts(record.importIDs, for: "importIds")
        writer.texts(record.emails, for: "emails")
        writer.text(record.username, for: "username")
        writer.text(record.name, for: "name")
        writer.text(record.nickname, for: "nickname")
        if let utcOffset = record.utcOffset {
            writer.key("utcOffset")
            writer.double(utcOffset)
        }
        writer.text(record.avatarURL, for: "avatarUrl")
        if record.isDeleted || record.isActivated {
            writer.key("deleted")
            writer.boolean(record.isDeleted)
        }
        writer.text(record.statusText, for: "statusText")
        writer.texts(record.roles, for: "roles")
        if !record.isMatchedByUsername {
            writer.key("matchedByUsername")
            writer.boolean(false)
        }
        writer.text(record.organization, for: "organization")
        writer.text(record.type, for: "type")
        writer.text(record.bio, for: "bio")
        if let customFields = record.customFields {
            writer.key("customFields")
            writer.raw(customFields)
        }
        writer.endObject()
        return writer.text
    }
}
