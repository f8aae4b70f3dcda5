public import ImportDomain
import JSON

/// Failed records as lines of JSON: each record as it was staged, and why it failed in the field `_failure`.
///
/// Intake ignores that field, and a retry finds the record by it.
/// Source: docs/api.md, "Failed records as a file".
public enum FailureDocument {
    /// The field that names the failed record.
    static let key = "_failure"

    /// A failed record as a line, without its end.
    public static func text(of record: FailedRecord) -> String {
        // A document is one object, unless the database was changed by hand.
        var text =
            (try? JSONReader.read(record.document) { reader -> String? in
                guard try reader.kind() == .object else { return nil }
                return try reader.readRawText()
            }) ?? "{}"
        var failure = JSONWriter()
        failure.beginObject()
        failure.text(String(record.sequence.number), for: "id")
        failure.text(record.type.wireName, for: "type")
        failure.text(record.failure.code.rawValue, for: "code")
        failure.text(record.failure.message, for: "message")
        failure.text(record.failure.field, for: "field")
        failure.text(record.failure.clashesWith, for: "clashesWith")
        failure.endObject()
        text.removeLast()
        if text.utf8.count > 1 { text += "," }
        return text + "\"\(key)\":\(failure.text)}"
    }
}
