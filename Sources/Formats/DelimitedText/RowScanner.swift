/// Cuts UTF-8 text into rows and fields while it arrives in chunks.
///
/// A row that lies within a chunk is handed out without being copied; at most one row is buffered. Where a quote is not
/// closed, reading goes back to the line after the one with the quote.
struct RowScanner {
    private enum State {
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
    private let limits: DelimitedTextLimits
    private var state = State.rowStart
    /// The row's bytes from earlier chunks.
    private var pending: [UInt8] = []
    private var unescaped: [UInt8] = []
    private var fields: [DelimitedRow.FieldSpan] = []
    /// Where the field begins in the row, behind its quote.
    private var fieldStart = 0
    private var hasDoubledQuotes = false
    private var hasQuotedField = false
    private var hasStrayQuote = false
    private var fault: DelimitedRowFault?
    /// Whether a line feed would belong to the line break before it.
    private var skipsLineFeed = false
    /// The line that the next byte of a row start lies in, from 1.
    var line = 1
    /// How many fields a row has to have after a quote that was not closed.
    var expectedColumns: Int?
    private var isResynchronising = false
    /// The line breaks of an oversized field.
    private var droppedLineBreaks = 0
    /// Whether the last byte of an oversized field that was passed over is a carriage return.
    private var droppedCarriageReturn = false
    /// How many lines were passed over on the way to one that fits.
    private(set) var skippedLines = 0
    private(set) var rows = 0

    init(delimiter: UInt8, limits: DelimitedTextLimits) {
        self.delimiter = delimiter
        self.limits = limits
    }

    /// Where reading stands in a chunk.
    private struct Cursor {
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
            // The field is taken literally, from its opening quote on.
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

    // MARK: Faults

    /// Hands out a row with a quote that is not closed in time, and reads again what follows the line of the quote.
    ///
    /// The row is in `pending` as far as it was read. What is read again cannot come here a second time with the same
    /// quote, and quotes inside of a field that stays open close each other, so the work stays proportional.
    private mutating func giveUp(_ reason: DelimitedRowFault, _ row: (borrowing DelimitedRow) throws -> Void) rethrows {
        var bytes: [UInt8] = []
        swap(&bytes, &pending)
        let firstLine = line
        let opening = fieldStart
        endField(at: bytes.count)
        if fault == nil { fault = reason }
        try bytes.withUnsafeBytes { bytes in
            isResynchronising = false
            try hand(bytes, row)
            isResynchronising = true
            var next = ByteSearch.lineBreak(bytes, from: opening, to: bytes.count)
            line = firstLine + ByteSearch.lineBreaks(bytes, from: 0, to: next)
            guard next < bytes.count else {
                state = .skippedLine
                return
            }
            state = .skippedLine
            endSkippedLine(bytes[next], &next)
            try receive(UnsafeRawBufferPointer(rebasing: bytes[next...]), row)
        }
    }

    /// Whether the lines below an opening quote are rows like those before, so that its closing quote must be missing.
    ///
    /// The row is in `pending` as far as it was read.
    private var rowsFollowOpeningQuote: Bool {
        guard let expectedColumns, expectedColumns > 1 else { return expectedColumns == nil }
        return pending.withUnsafeBytes { bytes in
            var start = ByteSearch.lineBreak(bytes, from: fieldStart, to: bytes.count)
            var lines = 0
            var fitting = 0
            while lines < 100, start < bytes.count {
                let end = ByteSearch.lineBreak(bytes, from: start + 1, to: bytes.count)
                if end > start + 1, end < bytes.count {
                    lines += 1
                    if bytes[start..<end].count(where: { $0 == delimiter }) == expectedColumns - 1 { fitting += 1 }
                }
                start = end
            }
            return fitting * 5 > lines * 4
        }
    }

    /// Forgets the row with a field that is beyond every limit; the rest of the field is passed over.
    private mutating func dropField(_ reason: DelimitedRowFault) {
        pending.withUnsafeBytes { countDropped($0, 0..<$0.count) }
        pending = []
        fields.removeAll()
        hasQuotedField = false
        if fault == nil { fault = reason }
        state = .oversized
    }

    /// Continues inside a field that is beyond every limit.
    private mutating func passOversized(_ chunk: UnsafeRawBufferPointer, _ cursor: inout Cursor) {
        let end = ByteSearch.first(Self.quote, chunk, from: cursor.index, to: chunk.count)
        countDropped(chunk, cursor.index..<end)
        cursor.index = min(end + 1, chunk.count)
        if end < chunk.count { state = .oversizedQuoteSeen }
    }

    /// Continues behind a quote inside a field that is beyond every limit. What follows the field is read as the rest of
    /// the row.
    private mutating func leaveOversized(_ byte: UInt8, _ cursor: inout Cursor) {
        if byte == Self.quote {
            cursor.index += 1
            state = .oversized
            return
        }
        cursor.origin = cursor.index
        cursor.kept = cursor.index
        fieldStart = 0
        hasDoubledQuotes = false
        state = .plain
    }

    private mutating func countDropped(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        droppedLineBreaks += ByteSearch.lineBreaks(bytes, from: range.lowerBound, to: range.upperBound)
        // Both bytes of a line break that two parts share were counted.
        if droppedCarriageReturn, bytes[range.lowerBound] == Self.lineFeed { droppedLineBreaks -= 1 }
        droppedCarriageReturn = bytes[range.upperBound - 1] == Self.carriageReturn
    }

    /// Hands out a row that is too long outside of quotes, and gives up the rest of its line.
    private mutating func giveUpLine(
        _ chunk: UnsafeRawBufferPointer, _ cursor: Cursor,
        _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        if fault == nil { fault = lengthFault(at: cursor.index - cursor.origin) }
        endField(at: cursor.index - cursor.origin)
        pending.append(contentsOf: chunk[cursor.kept..<cursor.index])
        try endPendingRow(row)
        // The line continues.
        line -= 1
        state = .skippedLine
    }

    /// Ends a line that was given up, at its line break.
    private mutating func endSkippedLine(_ lineBreak: UInt8, _ index: inout Int) {
        index += 1
        line += 1
        skipsLineFeed = lineBreak == Self.carriageReturn
        state = .rowStart
    }

    // MARK: Rows

    /// How many bytes of the row may be looked at for the end of the field.
    @inline(__always)
    private var lengthLimit: Int {
        let rowLimit = fault == nil ? limits.maximumRowBytes : 2 * limits.maximumLookaheadBytes
        return min(fieldStart + limits.maximumFieldBytes, rowLimit)
    }

    /// How many bytes of the row may be looked at for the closing quote of a field: more than a field may have, so that
    /// a field that is too long costs its row alone.
    @inline(__always)
    private var quotedLimit: Int { min(fieldStart + limits.maximumLookaheadBytes, 2 * limits.maximumLookaheadBytes) }

    /// Whether the row is kept until its end.
    private var keepsRow: Bool {
        switch state {
        case .rowStart, .skippedLine, .oversized, .oversizedQuoteSeen: false
        case .fieldStart, .plain, .quoted, .quoteSeen: true
        }
    }

    /// Which limit was met, given how long the row is.
    private func lengthFault(at length: Int) -> DelimitedRowFault {
        length - fieldStart >= limits.maximumFieldBytes
            ? .fieldTooLong(limit: limits.maximumFieldBytes) : .rowTooLong(limit: limits.maximumRowBytes)
    }

    /// Ends the field.
    @inline(__always)
    private mutating func endField(at end: Int) {
        if fault == nil, end - fieldStart > limits.maximumFieldBytes || end > limits.maximumRowBytes {
            fault = lengthFault(at: end)
        }
        if fields.count < limits.maximumColumns {
            fields.append(DelimitedRow.FieldSpan(start: fieldStart, end: end, hasDoubledQuotes: hasDoubledQuotes))
        } else if fault == nil {
            fault = .tooManyColumns(limit: limits.maximumColumns)
        }
    }

    /// Ends the row that is in memory as a whole.
    private mutating func endPendingRow(_ row: (borrowing DelimitedRow) throws -> Void) rethrows {
        // Taken out while it is lent, and put back for its memory.
        var bytes: [UInt8] = []
        swap(&bytes, &pending)
        try bytes.withUnsafeBytes { try hand($0, row) }
        line += 1
        bytes.removeAll(keepingCapacity: true)
        swap(&bytes, &pending)
    }

    /// Hands out the row with the given bytes, unless there is nothing in it.
    @inline(__always)
    private mutating func hand(
        _ bytes: UnsafeRawBufferPointer, _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        defer { forgetRow(bytes) }
        if fields.count == 1, fault == nil, bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
        if isResynchronising {
            guard fault == nil, expectedColumns == nil || fields.count == expectedColumns else {
                skippedLines += 1
                return
            }
            isResynchronising = false
        }
        if fault == nil { expectedColumns = fields.count }
        rows += 1
        if hasQuotedField { removeDoubling(bytes) }
        try unescaped.withUnsafeBytes { unescaped in
            try fields.withUnsafeBufferPointer { fields in
                try row(
                    DelimitedRow(
                        raw: bytes, unescaped: unescaped, fields: fields, line: line, fault: fault,
                        hasStrayQuote: hasStrayQuote))
            }
        }
    }

    @inline(__always)
    private mutating func forgetRow(_ bytes: UnsafeRawBufferPointer) {
        if hasQuotedField { line += ByteSearch.lineBreaks(bytes, from: 0, to: bytes.count) }
        line += droppedLineBreaks
        droppedLineBreaks = 0
        fields.removeAll(keepingCapacity: true)
        hasQuotedField = false
        hasStrayQuote = false
        fault = nil
    }

    /// Copies the fields that have doubled quotes, with one in place of two.
    private mutating func removeDoubling(_ bytes: UnsafeRawBufferPointer) {
        unescaped.removeAll(keepingCapacity: true)
        for place in fields.indices where fields[place].hasDoubledQuotes {
            let field = fields[place]
            let start = unescaped.count
            var index = field.start
            while index < field.end {
                let quote = ByteSearch.first(Self.quote, bytes, from: index, to: field.end)
                unescaped.append(contentsOf: bytes[index..<min(field.end, quote + 1)])
                index = quote + 2
            }
            fields[place] = DelimitedRow.FieldSpan(
                start: start, end: unescaped.count, hasDoubledQuotes: true, isUnescaped: true)
        }
    }
}
