internal import ImportDomain
internal import ImporterKit
internal import JSON

/// Makes a record of the message in a line.
struct LinesMessages {
    private let sink: RecordSink
    private let faults = FieldFaults()

    private enum Field: String, CaseIterable {
        case id, room, from, text, answers, at
    }

    private static let fields = FieldTable<Field>()

    init(_ sink: RecordSink) { self.sink = sink }

    /// The message of a line; nil after a finding for a line that is none.
    func read(_ json: JSONReader, line: Int) throws -> MessageRecord? {
        faults.clear()
        var reader = FieldReader(json, faults: faults)
        guard let message = try message(&reader) else {
            try sink.refuse(line: line, "The line lacks id, room or author.")
            return nil
        }
        try faults.report(to: sink, entry: nil, position: line, value: message.id)
        return message
    }

    private func message(_ reader: inout FieldReader) throws -> MessageRecord? {
        var (id, room, author, text, answers) = (String?.none, String?.none, String?.none, "", String?.none)
        var writtenAt: Timestamp?
        guard try reader.enterObject() else { return nil }
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .id: id = try reader.nonEmptyText()
            case .room: room = try reader.nonEmptyText()
            case .from: author = try reader.nonEmptyText()
            case .text: text = try reader.text() ?? ""
            case .answers: answers = try reader.nonEmptyText()
            case .at: writtenAt = try reader.wholeNumber().map { Timestamp(milliseconds: Int64($0)) }
            }
        }
        guard let id, let room, let author else { return nil }
        var message = MessageRecord(
            id: "lines-\(id)", roomID: LinesRooms.prefix + room, authorID: author, writtenAt: writtenAt, text: text)
        message.mentionIDs = LinesText.mentionIDs(in: text)
        if let answers { message.thread = .init(parentID: "lines-\(answers)") }
        return message
    }
}
