internal import ExportFiles
public import ImportDomain
internal import ImporterKit
internal import JSON

/// Reads a chat that is one JSON object a line: `{"id", "room", "from", "at", "text", "answers"}`.
///
/// Source: docs/writing-an-importer.md, "An example".
public struct LinesImporter: Importer {
    /// The description that clients see.
    public let description = ImporterDescription(key: ImporterKey("lines"), name: "Lines")

    /// An importer of lines.
    public init() {}

    /// Reads a file of lines.
    public func read(_ file: ImportFile, into output: any ImportOutput) throws {
        try ImportFileFailure.translating {
            let stream = try ExportStream(path: file.path, checkpoint: output.checkCancellation)
            guard stream.contentKind == .jsonLines || stream.contentKind == .json else {
                throw stream.kind.refusal(expected: "the export of a chat in lines of JSON")
            }
            var reading = LinesReading(sink: RecordSink(output))
            try reading.read(stream)
        }
    }
}

/// The state of reading one file.
private struct LinesReading {
    let sink: RecordSink
    /// The authors of each room. Only this grows with the file, so it is bounded.
    private var writers: [ExactString: Set<ExactString>] = [:]
    private let memory = Allowance(bytes: 256 << 20)
    private let faults = FieldFaults()

    init(sink: RecordSink) { self.sink = sink }

    mutating func read(_ stream: ExportStream) throws {
        let progress = ReadingProgress(sink.output, total: stream.compressedBytes)
        let outcome = try JSONLinesFile().read(
            stream,
            { json, number in
                try progress.note(entry: nil, bytes: stream.compressedBytesRead)
                var reader = FieldReader(json, faults: faults)
                guard let message = try Self.message(&reader) else {
                    faults.clear()
                    return try sink.refuse(line: number, "The line lacks id, room or author.")
                }
                try faults.report(to: sink, entry: nil, position: number, value: message.id)
                try note(message)
                try sink.stage(.message(message))
            },
            broken: { line in
                try sink.report(.error, .recordInvalid, line: line.index + 1, "\(line.error)")
            })
        if let fault = outcome.fault { try sink.report(.error, .entryUnreadable, fault.message) }
        guard sink.stagedCount > 0 else { throw ImportFileFailure(.empty, message: "The file holds no message.") }
        try stageDefinitions()
        try progress.finish()
    }

    private enum Field: String, CaseIterable {
        case id, room, from, text, answers, at
    }

    private static let fields = FieldTable<Field>()

    private static func message(_ reader: inout FieldReader) throws -> MessageRecord? {
        var (id, room, author, text, answers) = (String?.none, String?.none, String?.none, "", String?.none)
        var writtenAt: Timestamp?
        guard try reader.enterObject() else { return nil }
        while let field = try reader.nextField(fields) {
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
            id: "lines-\(id)", roomID: room, authorID: author, writtenAt: writtenAt, text: text)
        if let answers { message.thread = .init(parentID: "lines-\(answers)") }
        return message
    }

    private mutating func note(_ message: MessageRecord) throws {
        let (room, author) = (ExactString(message.roomID), ExactString(message.authorID))
        guard writers[room, default: []].insert(author).inserted else { return }
        guard memory.take(256 + 2 * (message.roomID.utf8.count + message.authorID.utf8.count)) else {
            throw ImportFileFailure(
                .limitExceeded, message: "The rooms have too many members. Split the file by room.")
        }
    }

    /// Sorted, because the same file must give the same records.
    private func stageDefinitions() throws {
        for person in Set(writers.values.joined()).map(\.text).sorted(by: { $0.precedesByBytes($1) }) {
            try sink.stage(.user(UserRecord(importIDs: [person], emails: [], username: person)))
        }
        for (room, people) in writers.sorted(by: { $0.key.text.precedesByBytes($1.key.text) }) {
            try sink.output.checkCancellation()
            let members = people.map(\.text).sorted { $0.precedesByBytes($1) }
            try sink.stage(
                .room(RoomRecord(importIDs: [room.text], kind: .privateGroup, name: room.text, memberIDs: members)))
        }
    }
}
