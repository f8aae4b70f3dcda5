internal import ExportFiles
public import ImportDomain
internal import ImporterKit

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
            let stream = try LinesDetection.open(file, checkpoint: output.checkCancellation)
            let sink = RecordSink(output)
            let progress = ReadingProgress(output, total: stream.compressedBytes)
            let messages = LinesMessages(sink)
            var rooms = LinesRooms()
            let outcome = try JSONFile().readLines(
                stream,
                { json, line in
                    try progress.note(entry: nil, bytes: stream.compressedBytesRead)
                    guard let message = try messages.read(json, line: line) else { return }
                    try rooms.note(message)
                    try sink.stage(.message(message))
                },
                broken: { line in
                    try sink.report(.error, .recordInvalid, at: line.index + 1, "\(line.error)")
                })
            if let fault = outcome.fault { try sink.report(.error, .entryUnreadable, fault.message) }
            try sink.requireRecords("The file holds no message.")
            try LinesUsers.stage(rooms.authors, into: sink)
            try rooms.stage(into: sink)
            try progress.finish()
        }
    }
}
