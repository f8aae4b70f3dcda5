public import ImportDomain
import JSON

/// What an import would do with one record.
public struct CheckedRecord: Equatable, Sendable {
    /// The decisions.
    public typealias Outcome = CheckOutcome

    /// Its sequence, which is also its id for clients.
    public let sequence: RecordSequence
    /// What it describes.
    public let type: RecordType
    /// Its first import id; nil if there is none.
    public let importID: String?
    /// The decision.
    public let outcome: Outcome
    /// The existing account, room or message that it is about; nil if there is none.
    public let subject: String?
    /// The fields that an update changes.
    public let changes: [FieldChange]
    /// The stable name of the reason for skipping or failing.
    public let code: String?
    /// The reason as a sentence.
    public let message: String?
    /// The invalid field.
    public let field: String?
    /// The id of the conflicting account, room or message, if it exists.
    public let clashesWith: String?

    /// The decision about a record of this type.
    init(_ decided: RecordDecision, of type: RecordType) {
        sequence = decided.sequence
        self.type = type
        // The id of a message is that of its record.
        importID = decided.importIDs.first?.rawValue ?? (type == .message ? decided.subject : nil)
        var (failure, skipped) = (RecordFailure?.none, SkipReason?.none)
        switch decided.decision {
        case .create: outcome = .create
        case .update: outcome = .update
        case .bind: outcome = .bind
        case .unchanged: outcome = .unchanged
        case .skip(let reason): (outcome, skipped) = (.skip, reason)
        case .fail(let reason): (outcome, failure) = (.fail, reason)
        }
        subject = outcome == .create ? nil : decided.subject.flatMap(CheckIdentifiers.real)
        changes = decided.changes
        code = failure?.code.rawValue ?? skipped?.rawValue
        message = failure?.message ?? skipped?.sentence
        field = failure?.field
        clashesWith = failure?.clashesWith.flatMap(CheckIdentifiers.real)
    }
}

extension SkipReason {
    /// The reason for a person.
    var sentence: String {
        switch self {
        case .notSelected: "The record, or the room or author of a message, was not selected."
        case .authorSkipped: "The author of the message was skipped."
        case .accountExists: "An account exists, and the policy for users is skip."
        case .guest: "The user is a guest, and the policy for guests is skip."
        case .contact: "Contacts are not imported: Ferry has no live chat."
        }
    }
}

extension FieldChange {
    fileprivate init(_ reader: inout JSONReader) throws {
        var (field, from, to) = ("", String?.none, String?.none)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "field": field = try reader.readString()
            case "from": from = try reader.readString()
            case "to": to = try reader.readString()
            default: try reader.skipValue()
            }
        }
        self.init(field, from: from, to: to)
    }
}

/// The stored form of a record.
extension CheckedRecord {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.integer(Int(sequence.number))
        writer.text(type.rawValue, for: "type")
        writer.text(importID, for: "importId")
        writer.text(outcome.rawValue, for: "decision")
        writer.text(subject, for: "subject")
        if !changes.isEmpty {
            writer.key("changes")
            writer.beginArray()
            for change in changes {
                writer.beginObject()
                writer.text(change.field, for: "field")
                writer.text(change.from, for: "from")
                writer.text(change.to, for: "to")
                writer.endObject()
            }
            writer.endArray()
        }
        writer.text(code, for: "code")
        writer.text(message, for: "message")
        writer.text(field, for: "field")
        writer.text(clashesWith, for: "clashesWith")
        writer.endObject()
    }

    /// - Throws: `JSONError`, `StoreError.corrupt`.
    init(_ reader: inout JSONReader) throws {
        var (id, type, outcome) = (0, RecordType.user, Outcome.fail)
        var (importID, subject, code) = (String?.none, String?.none, String?.none)
        var (message, field, clashesWith) = (String?.none, String?.none, String?.none)
        var changes: [FieldChange] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "id": id = try reader.readNumber().integer ?? 0
            case "type": type = try RecordType(stored: reader.readString())
            case "importId": importID = try reader.readString()
            case "decision": outcome = try Outcome(stored: reader.readString())
            case "subject": subject = try reader.readString()
            case "changes":
                try reader.beginArray()
                while try reader.nextElement() { changes.append(try FieldChange(&reader)) }
            case "code": code = try reader.readString()
            case "message": message = try reader.readString()
            case "field": field = try reader.readString()
            case "clashesWith": clashesWith = try reader.readString()
            default: try reader.skipValue()
            }
        }
        (sequence, self.type, self.importID) = (RecordSequence(number: Int64(id)), type, importID)
        (self.outcome, self.subject, self.changes, self.code) = (outcome, subject, changes, code)
        (self.message, self.field, self.clashesWith) = (message, field, clashesWith)
    }
}
