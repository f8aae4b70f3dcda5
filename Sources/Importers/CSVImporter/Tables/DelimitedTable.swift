internal import DelimitedText
internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// Makes records of the rows of one table.
protocol DelimitedTable {
    /// Takes records and findings.
    var sink: RecordSink { get }
    /// Reads a row that is valid and not blank.
    mutating func receive(_ row: borrowing DelimitedRow) throws

    /// Ends the table.
    mutating func finish() throws
}

extension DelimitedTable {
    /// Most tables have nothing to do at their end.
    mutating func finish() throws {}

    /// Reads a source to its end and reports its faults.
    ///
    /// - Parameters:
    ///   - source: an entry of an archive, or a file by itself.
    ///   - onProgress: called before every few thousand rows.
    /// - Throws: what the source throws, except that an entry cannot be read to its end; and what the sink throws.
    mutating func read(_ source: any ByteSource, onProgress: () throws -> Void) throws {
        var reader = DelimitedTextReader()
        var rowsUntilReport = 0
        do {
            try reader.read(source) { row in
                if rowsUntilReport == 0 {
                    try onProgress()
                    rowsUntilReport = 4096
                }
                rowsUntilReport -= 1
                try accept(row)
            }
        } catch let error as ExportFileError where error.code == .entryUnreadable {
            try sink.report(.error, .entryUnreadable, error.message)
        }
        try finish()
        if reader.isEmpty {
            try sink.report(.warning, .entryIgnored, "The file is empty.")
        }
        if reader.usedFallbackEncoding {
            try sink.report(
                .warning, .valueReplaced, field: "encoding",
                "The file is not UTF-8 and was read as Windows-1252. If names look wrong, save it as UTF-8.")
        }
        if reader.hasReplacements {
            try sink.report(
                .warning, .valueReplaced, field: "encoding",
                "Some bytes are invalid in the file's encoding and were replaced.")
        }
        if reader.removedNULs > 0 {
            try sink.report(
                .warning, .valueReplaced, field: "encoding", count: reader.removedNULs, "NUL characters were removed.")
        }
        if reader.skippedLines > 0 {
            try sink.report(
                .error, .rowInvalid, count: reader.skippedLines,
                "These lines follow a quote that is never closed and were passed over until one that fits.")
        }
    }

    /// Passes a row on, unless it is blank or invalid.
    @inline(__always)
    private mutating func accept(_ row: borrowing DelimitedRow) throws {
        if let fault = row.fault {
            try sink.refuse(line: row.line, fault.message)
        } else if !row.isBlank {
            try receive(row)
        }
    }

    /// Rejects a row that lacks fields, or has more than its table: a separator without quotes shifts the fields behind
    /// it, and the last of them may be empty.
    ///
    /// - Parameter advice: what follows the counts in the finding.
    /// - Returns: whether the row has the right number of fields.
    func requireFields(
        _ row: borrowing DelimitedRow, minimum: Int = 0, of count: Int,
        advice: String = ". Put fields that hold separators in quotes."
    ) throws -> Bool {
        if (minimum...max(minimum, count)).contains(row.count) { return true }
        try sink.refuse(line: row.line, "The row has \(row.count) fields where \(count) belong\(advice)")
        return false
    }
}
