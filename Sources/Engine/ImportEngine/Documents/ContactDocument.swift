import ImportDomain
import JSON

/// The JSON form of a contact record in the staging area.
///
/// Source: Rocket.Chat's `IImportContact`.
enum ContactDocument {
    /// Reads a contact.
    ///
    /// - Throws: `InvalidBody` without an index, or `JSONError`.
    static func read(_ reader: inout JSONReader) throws -> ContactRecord {
        var record = ContactRecord(importIDs: [])
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "importIds": record.importIDs = try RecordJSON.strings(&reader)
            case "name": record.name = try RecordJSON.string(&reader)
            case "emails": record.emails = try RecordJSON.optionalStrings(&reader)
            case "phones": record.phones = try RecordJSON.optionalStrings(&reader)
            case "contactManager": record.managerUsername = try RecordJSON.string(&reader)
            case "customFields": record.customFields = try RecordJSON.object(&reader)
            default: try reader.skipValue()
            }
        }
        return record
    }

    /// Writes a contact.
    static func text(of record: ContactRecord) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.texts(record.importIDs, for: "importIds")
        writer.text(record.name, for: "name")
        writer.textsIfNotEmpty(record.emails, for: "emails")
        writer.textsIfNotEmpty(record.phones, for: "phones")
        writer.text(record.managerUsername, for: "contactManager")
        writer.json(record.customFields, for: "customFields")
        writer.endObject()
        return writer.text
    }
}
