internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// Reads a file that is one table and no archive.
enum SingleTable {
    /// Reads a file that is text, compressed or not, and rejects any other by its content.
    ///
    /// - Parameters:
    ///   - expected: what the importer reads, as in "a CSV file".
    ///   - table: makes records of the rows.
    static func read(_ file: ImportFile, expected: String, into table: some DelimitedTable) throws {
        var table = table
        let sink = table.sink
        let stream = try ExportStream(path: file.path, checkpoint: sink.output.checkCancellation)
        guard stream.contentKind == .delimitedText else {
            let refusal =
                stream.kind.isArchive
                ? try ExportArchive(path: file.path, checkpoint: sink.output.checkCancellation)
                    .formatRefusal : try ExportFormat.detect(path: file.path)?.refusal()
            throw refusal ?? stream.kind.refusal(expected: expected)
        }
        if try ExportFormat.detect(path: file.path) == .ldif { throw ExportFormat.ldif.refusal() }
        let progress = ReadingProgress(sink.output, total: stream.compressedBytes)
        try table.read(stream) {
            try progress.note(entry: nil, bytes: stream.compressedBytesRead)
        }
        try progress.finish()
    }
}
