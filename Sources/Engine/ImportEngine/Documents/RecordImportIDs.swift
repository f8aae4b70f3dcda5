import ImportDomain
import JSON

/// The import ids by which other records find a staged record; messages have none.
enum RecordImportIDs {
    static func of(_ record: StagedRecord, _ type: RecordType) -> [ImportID] {
        of(type, record.document, first: record.importID)
    }

    /// - Parameter first: the id that was staged beside the document.
    static func of(_ type: RecordType, _ document: String, first: String) -> [ImportID] {
        // A document that cannot be read back has the id that was staged beside it.
        let listed = try? listed(in: document, of: type)
        return (listed ?? [first]).filter { !$0.isEmpty }.map { ImportID($0) }
    }

    private static func listed(in document: String, of type: RecordType) throws -> [String] {
        switch type {
        case .user: try JSONReader.read(document) { try UserDocument.read(&$0).record.importIDs }
        case .room: try JSONReader.read(document) { try RoomDocument.read(&$0).importIDs }
        case .contact: try JSONReader.read(document) { try ContactDocument.read(&$0).importIDs }
        case .message: []
        }
    }
}
