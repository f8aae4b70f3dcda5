/// Reads delimited text (CSV and its kin) while it arrives in chunks, row by row.
///
/// It finds out the encoding and the delimiter from the first 64 KiB, accepts LF, CR LF and CR mixed, passes over empty
/// lines, and reports what is wrong with a row in the row. How the text is cut in chunks never changes the rows.
/// Source: RFC 4180; docs/export-files.md, "Delimited text".
public struct DelimitedTextReader: ~Copyable {
    private let limits: DelimitedTextLimits
    private let decoding: TextDecoding
    private let sniffer: DelimiterSniffer
    /// The begin of the text, until the delimiter is known.
    private var start: [UInt8] = []
    private var scanner: RowScanner?

    /// A reader at the start of a text.
    ///
    /// - Parameters:
    ///   - limits: the limits of fields, rows and columns.
    ///   - delimiter: what separates fields; nil to find out: one of `,` `;` tab `|`.
    ///   - encoding: how the text is encoded if no byte order mark says otherwise; nil to find out.
    ///   - keepsNULs: whether NUL characters stay in the fields.
    public init(
        limits: DelimitedTextLimits = DelimitedTextLimits(), delimiter: UInt8? = nil, encoding: TextEncoding? = nil,
        keepsNULs: Bool = false
    ) {
        self.limits = limits
        decoding = TextDecoding(expected: .anyText, encoding: encoding, keepsNULs: keepsNULs)
        sniffer = DelimiterSniffer(limits: limits, given: delimiter)
    }

    /// What separates the fields; nil as long as it is not known.
    public var delimiter: UInt8? {
        // An optional of a type that cannot be copied is not mapped.
        switch scanner {
        case .some(let scanner): scanner.delimiter
        case .none: nil
        }
    }

    /// How the text is encoded; nil as long as all of it was ASCII.
    public var encoding: TextEncoding? { decoding.encoding }

    /// Whether the text was taken for Windows-1252, because it is neither marked nor UTF-8.
    public var usedFallbackEncoding: Bool { decoding.encoding == .windows1252 }

    /// Whether bytes were replaced with U+FFFD, because they are wrong in the text's encoding.
    public var hasReplacements: Bool { decoding.hasReplacements }

    /// How many NUL characters were removed.
    public var removedNULs: Int { decoding.removedNULs }

    /// Whether there has been no byte.
    public var isEmpty: Bool { decoding.isEmpty }

    /// How many rows have been handed out.
    public var rowCount: Int {
        switch scanner {
        case .some(let scanner): scanner.rows
        case .none: 0
        }
    }

    /// How many lines were passed over between a quote that is not closed and the next line that fits.
    public var skippedLines: Int {
        switch scanner {
        case .some(let scanner): scanner.skippedLines
        case .none: 0
        }
    }

    /// Takes the next bytes of the text.
    ///
    /// - Parameters:
    ///   - chunk: the bytes, borrowed.
    ///   - row: handles each row.
    /// - Throws: whatever `row` throws.
    public mutating func receive(
        _ chunk: UnsafeRawBufferPointer, _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        try decoding.receive(chunk) { try take($0, row) }
    }

    /// Says that the text has arrived as a whole; its last row needs no line break.
    ///
    /// - Parameter row: handles each row that is left.
    /// - Throws: whatever `row` throws.
    public mutating func finish(_ row: (borrowing DelimitedRow) throws -> Void) rethrows {
        try decoding.finish { try take($0, row) }
        if scanner == nil { try begin(isWhole: true, row) }
        try scanner?.finish(row)
    }

    /// Hands out the complete rows of a text that breaks off.
    ///
    /// - Parameter row: handles each row that is left.
    /// - Throws: whatever `row` throws.
    public mutating func breakOff(_ row: (borrowing DelimitedRow) throws -> Void) rethrows {
        try decoding.finish { try take($0, row) }
        if scanner == nil { try begin(isWhole: false, row) }
    }

    private mutating func take(
        _ text: UnsafeRawBufferPointer, _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        if scanner != nil {
            try scanner?.receive(text, row)
            return
        }
        let taken = min(text.count, DelimiterSniffer.windowBytes - start.count)
        start.append(contentsOf: text[..<taken])
        guard start.count == DelimiterSniffer.windowBytes else { return }
        try begin(isWhole: false, row)
        try scanner?.receive(UnsafeRawBufferPointer(rebasing: text[taken...]), row)
    }

    /// Finds out the delimiter and reads what was kept for it.
    private mutating func begin(
        isWhole: Bool, _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        let bytes = start
        start = []
        try bytes.withUnsafeBytes { bytes in
            let dialect = sniffer.dialect(of: bytes, isWhole: isWhole)
            var scanner = RowScanner(delimiter: dialect.delimiter, limits: limits)
            scanner.expectedColumns = dialect.columns
            scanner.line += dialect.headLines
            self.scanner = consume scanner
            try self.scanner?.receive(UnsafeRawBufferPointer(rebasing: bytes[dialect.headBytes...]), row)
        }
    }
}
