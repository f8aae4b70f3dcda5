/// Cuts UTF-8 text into rows and fields while it arrives in chunks.
///
/// A row that lies within a chunk is handed out without being copied; at most one row is buffered. Where a quote is not
/// closed, reading goes back to the line after the one with the quote.
struct RowScanner {
    enum State {
        /// Before a row.
        case rowStart
        case fieldStart
        /// In a field without quotes, or behind one that is broken.
        case plain
        case quoted
        /// Behind a quote in a quoted field, which closes the field unless another follows.
        case quoteSeen
        /// In a quoted field that is beyond every limit and not kept.
        case oversized
        /// Behind a quote in such a field.
        case oversizedQuoteSeen
        /// In the rest of a line that is given up.
        case skippedLine
    }

    static let quote: UInt8 = 0x22
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D

    let delimiter: UInt8
    let limits: ExportFileLimits
    var state = State.rowStart
    /// The row's bytes from earlier chunks.
    var pending: [UInt8] = []
    var unescaped: [UInt8] = []
    var fields: [FieldSpan] = []
    /// Where the field begins in the row, behind its quote.
    var fieldStart = 0
    var hasDoubledQuotes = false
    var hasQuotedField = false
    var hasStrayQuote = false
    var fault: DelimitedRowFault?
    /// Whether a line feed would belong to the line break before it.
    var skipsLineFeed = false
    /// The line that the next byte of a row start lies in, from 1.
    var line = 1
    /// How many fields a row has to have after a quote that was not closed.
    var expectedColumns: Int?
    var isResynchronising = false
    /// The line breaks of an oversized field.
    var droppedLineBreaks = 0
    /// Whether the last byte of an oversized field that was passed over is a carriage return.
    var droppedCarriageReturn = false
    /// How many lines were passed over on the way to one that fits.
    var skippedLines = 0
    var rows = 0

    init(delimiter: UInt8, limits: ExportFileLimits) {
        self.delimiter = delimiter
        self.limits = limits
    }

    /// Where reading stands in a chunk.
    struct Cursor {
        var index = 0
        /// Where the row begins, counted in this chunk; below zero when it began in an earlier one.
        var origin: Int
        /// From where on the chunk's bytes of the row are not in `pending`.
        var kept = 0
    }

    /// Takes the next part of the text.
    mutating func receive(
        _ chunk: UnsafeRawBufferPointer, _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        var cursor = Cursor(origin: -pending.count)
        while cursor.index < chunk.count {
            switch state {
            case .rowStart:
                let isRest = skipsLineFeed && chunk[cursor.index] == Self.lineFeed
                skipsLineFeed = false
                if isRest {
                    cursor.index += 1
                } else {
                    cursor.origin = cursor.index
                    cursor.kept = cursor.index
                    state = .fieldStart
                }
            case .fieldStart: startField(chunk[cursor.index], &cursor)
            case .plain: try continuePlain(chunk, &cursor, row)
            case .quoted: try continueQuoted(chunk, &cursor, row)
            case .quoteSeen: try leaveQuotes(chunk, &cursor, row)
            case .oversized: passOversized(chunk, &cursor)
            case .oversizedQuoteSeen: leaveOversized(chunk[cursor.index], &cursor)
            case .skippedLine:
                cursor.index = ByteSearch.lineBreak(chunk, from: cursor.index, to: chunk.count)
                if cursor.index < chunk.count { endSkippedLine(chunk[cursor.index], &cursor.index) }
            }
        }
        if keepsRow { pending.append(contentsOf: chunk[cursor.kept...]) }
    }

    /// Says that the text has arrived as a whole.
    mutating func finish(_ row: (borrowing DelimitedRow) throws -> Void) rethrows {
        while true {
            let end = pending.count
            switch state {
            case .rowStart, .skippedLine: return
            case .oversized, .oversizedQuoteSeen: break
            case .fieldStart:
                fieldStart = end
                endField(at: end)
            case .plain: endField(at: end)
            case .quoteSeen: endField(at: end - 1)
            case .quoted:
                try giveUp(.unclosedQuote, row)
                continue
            }
            state = .rowStart
            try endPendingRow(row)
            return
        }
    }

    @inline(__always)
    private mutating func startField(_ byte: UInt8, _ cursor: inout Cursor) {
        hasDoubledQuotes = false
        if byte == Self.quote {
            cursor.index += 1
            hasQuotedField = true
            state = .quoted
        } else {
            state = .plain
        }
        fieldStart = cursor.index - cursor.origin
    }

    @inline(__always)
    private mutating func continuePlain(
        _ chunk: UnsafeRawBufferPointer, _ cursor: inout Cursor, _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        let limit = max(cursor.index, cursor.origin + lengthLimit)
        cursor.index = ByteSearch.fieldEnd(
            chunk, from: cursor.index, to: min(limit, chunk.count), delimiter: delimiter)
        guard cursor.index < chunk.count else { return }
        let byte = chunk[cursor.index]
        if byte == Self.quote, cursor.index < limit {
            hasStrayQuote = true
            cursor.index += 1
        } else if try !endField(with: byte, contentEnd: cursor.index - cursor.origin, chunk, &cursor, row) {
            try giveUpLine(chunk, cursor, row)
        }
    }

    @inline(__always)
    private mutating func continueQuoted(
        _ chunk: UnsafeRawBufferPointer, _ cursor: inout Cursor, _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        let limit = max(cursor.index, cursor.origin + quotedLimit)
        cursor.index = ByteSearch.first(Self.quote, chunk, from: cursor.index, to: min(limit, chunk.count))
        guard cursor.index < chunk.count else { return }
        if chunk[cursor.index] == Self.quote {
            cursor.index += 1
            state = .quoteSeen
        } else {
            pending.append(contentsOf: chunk[cursor.kept..<cursor.index])
            let reason = lengthFault(at: cursor.index - cursor.origin)
            if rowsFollowOpeningQuote { try giveUp(reason, row) } else { dropField(reason) }
            cursor.origin = cursor.index - pending.count
            cursor.kept = cursor.index
        }
    }

    @inline(__always)
    private mutating func leaveQuotes(
        _ chunk: UnsafeRawBufferPointer, _ cursor: inout Cursor, _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        let byte = chunk[cursor.index]
        if byte == Self.quote {
            hasDoubledQuotes = true
            state = .quoted
            cursor.index += 1
        } else if try !endField(with: byte, contentEnd: cursor.index - 1 - cursor.origin, chunk, &cursor, row) {
            if cursor.index - cursor.origin - fieldStart > limits.maximumFieldBytes {
                // This quote opens a field of another row.
                pending.append(contentsOf: chunk[cursor.kept..<cursor.index])
                try giveUp(lengthFault(at: cursor.index - cursor.origin), row)
                cursor.origin = cursor.index - pending.count
                cursor.kept = cursor.index
                return
            }
            // The field is taken as it stands, from its opening quote on.
            if fault == nil { fault = .textAfterQuote }
            fieldStart -= 1
            hasDoubledQuotes = false
            state = .plain
        }
    }

    /// Ends the field, and the row if need be, when `byte` is what ends one.
    @inline(__always)
    private mutating func endField(
        with byte: UInt8, contentEnd: Int, _ chunk: UnsafeRawBufferPointer, _ cursor: inout Cursor,
        _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows -> Bool {
        if byte == delimiter {
            endField(at: contentEnd)
            cursor.index += 1
            state = .fieldStart
            return true
        }
        guard byte == Self.lineFeed || byte == Self.carriageReturn else { return false }
        endField(at: contentEnd)
        state = .rowStart
        if pending.isEmpty {
            try hand(UnsafeRawBufferPointer(rebasing: chunk[cursor.origin..<cursor.index]), row)
            line += 1
        } else {
            pending.append(contentsOf: chunk[cursor.kept..<cursor.index])
            try endPendingRow(row)
        }
        skipsLineFeed = byte == Self.carriageReturn
        cursor.index += 1
        return true
    }
}
