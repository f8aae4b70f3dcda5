import ImportDomain
import JSON

/// The JSON form of a room record, on the wire and in the staging area.
///
/// Source: Rocket.Chat's `IImportChannel`; the body of `import.addChannels`.
enum RoomDocument {
    /// Reads a room.
    ///
    /// - Throws: `InvalidBody` without an index, or `JSONError`.
    static func read(_ reader: inout JSONReader) throws -> RoomRecord {
        guard try reader.kind() == .object else { throw InvalidBody(.wrongKind(expected: .object)) }
        var record = RoomRecord(importIDs: [], kind: .channel)
        var kind: String?
        var hasImportIDs = false
        var wrong: InvalidBody?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            do {
                switch key {
                case "importIds":
                    hasImportIDs = true
                    record.importIDs = try RecordJSON.strings(&reader)
                case "t": kind = try RecordJSON.string(&reader)
                case "name": record.name = try RecordJSON.string(&reader)
                case "users": record.memberIDs = try RecordJSON.optionalStrings(&reader)
                case "u": record.creatorID = try RecordJSON.identity(&reader)
                case "topic": record.topic = try RecordJSON.string(&reader)
                case "description": record.description = try RecordJSON.string(&reader)
                case "ts": record.createdAt = try RecordJSON.timestamp(&reader)
                case "archived": record.isArchived = try RecordJSON.boolean(&reader) ?? false
                case "identifiedByName": record.isIdentifiedByName = try RecordJSON.boolean(&reader) ?? false
                case "_id": record.isGeneral = try RecordJSON.string(&reader)?.lowercased() == "general"
                default: try reader.skipValue()
                }
            } catch let error as InvalidBody {
                if wrong == nil { wrong = InvalidBody(error.reason, field: key) }
            }
        }
        guard hasImportIDs else { throw InvalidBody(.missingProperty("importIds"), field: "importIds") }
        guard let kind else { throw InvalidBody(.missingProperty("t"), field: "t") }
        if let wrong { throw wrong }
        guard let known = RoomKind(rawValue: kind) else { throw InvalidBody(.notAllowed, field: "t") }
        record.kind = known
        return record
    }

    /// Writes a room.
    static func text(of record: RoomRecord) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.texts(record.importIDs, for: "importIds")
        writer.text(record.kind.rawValue, for: "t")
        writer.text(record.name, for: "name")
        writer.textsIfNotEmpty(record.memberIDs, for: "users")
        RecordJSON.write(identity: record.creatorID, for: "u", to: &writer)
        writer.text(record.topic, for: "topic")
        writer.text(record.description, for: "description")
        RecordJSON.write(record.createdAt, for: "ts", to: &writer)
        writer.flag(record.isArchived, for: "archived")
        writer.flag(record.isIdentifiedByName, for: "identifiedByName")
        if record.isGeneral { writer.text("general", for: "_id") }
        writer.endObject()
        return writer.text
    }
}
