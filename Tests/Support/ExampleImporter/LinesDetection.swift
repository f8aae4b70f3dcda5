internal import ExportFiles
internal import ImportDomain

/// Detects by its content whether a file holds lines of JSON.
enum LinesDetection {
    /// Opens the file, and rejects one of another kind.
    static func open(_ file: ImportFile, checkpoint: @escaping () throws -> Void) throws -> ExportStream {
        let stream = try ExportStream(path: file.path, checkpoint: checkpoint)
        guard stream.contentKind == .jsonLines || stream.contentKind == .json else {
            throw stream.kind.refusal(expected: "the export of a chat in lines of JSON")
        }
        return stream
    }
}
