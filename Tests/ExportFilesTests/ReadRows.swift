import DelimitedText
import ExportFiles

/// A copy of a borrowed row.
struct ReadRow: Equatable {
    var fields: [String]
    var line: Int
    var fault: DelimitedRowFault?
    var hasStrayQuote = false
}

/// A text read in chunks of one size: its rows and properties.
struct ReadRows: Equatable {
    private(set) var rows: [ReadRow] = []
    private(set) var delimiter: UInt8?
    private(set) var encoding: TextEncoding?
    private(set) var hasReplacements = false
    private(set) var removedNULs = 0
    private(set) var skippedLines = 0
    private(set) var isEmpty = false

    init(
        _ text: [UInt8], limits: DelimitedTextLimits = DelimitedTextLimits(), delimiter: UInt8? = nil,
        chunkSize: () -> Int = { .max }
    ) {
        var reader = DelimitedTextReader(limits: limits, delimiter: delimiter)
        var start = 0
        while start < text.count {
            let size = min(chunkSize(), text.count - start)
            // A separate allocation, so that reads beyond its end are detected.
            Array(text[start..<start + size]).withUnsafeBytes { chunk in reader.receive(chunk) { add($0) } }
            start += size
        }
        reader.finish { add($0) }
        self.delimiter = reader.delimiter
        encoding = reader.encoding
        hasReplacements = reader.hasReplacements
        removedNULs = reader.removedNULs
        skippedLines = reader.skippedLines
        isEmpty = reader.isEmpty
    }

    init(
        _ text: String, limits: DelimitedTextLimits = DelimitedTextLimits(), delimiter: UInt8? = nil
    ) {
        self.init(Array(text.utf8), limits: limits, delimiter: delimiter)
    }

    var fields: [[String]] { rows.map(\.fields) }

    private mutating func add(_ row: borrowing DelimitedRow) {
        var fields: [String] = []
        for index in 0..<row.count { fields.append(row[index]) }
        rows.append(ReadRow(fields: fields, line: row.line, fault: row.fault, hasStrayQuote: row.hasStrayQuote))
    }
}
