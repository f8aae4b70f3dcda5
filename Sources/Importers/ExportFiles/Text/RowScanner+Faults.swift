extension RowScanner {
    /// Hands out a row with a quote that is not closed in time, and reads again what follows the line of the quote.
    ///
    /// The row is in `pending` as far as it was read. What is read again cannot come here a second time with the same
    /// quote, and quotes inside of a field that stays open close each other, so the work stays proportional.
    mutating func giveUp(_ reason: DelimitedRowFault, _ row: (borrowing DelimitedRow) throws -> Void) rethrows {
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
    var rowsFollowOpeningQuote: Bool {
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
    mutating func dropField(_ reason: DelimitedRowFault) {
        pending.withUnsafeBytes { countDropped($0, 0..<$0.count) }
        pending = []
        fields.removeAll()
        hasQuotedField = false
        if fault == nil { fault = reason }
        state = .oversized
    }

    /// Goes on inside a field that is beyond every limit.
    mutating func passOversized(_ chunk: UnsafeRawBufferPointer, _ cursor: inout Cursor) {
        let end = ByteSearch.first(Self.quote, chunk, from: cursor.index, to: chunk.count)
        countDropped(chunk, cursor.index..<end)
        cursor.index = min(end + 1, chunk.count)
        if end < chunk.count { state = .oversizedQuoteSeen }
    }

    /// Goes on behind a quote inside a field that is beyond every limit. What follows the field is read as the rest of
    /// the row.
    mutating func leaveOversized(_ byte: UInt8, _ cursor: inout Cursor) {
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
    mutating func giveUpLine(
        _ chunk: UnsafeRawBufferPointer, _ cursor: Cursor,
        _ row: (borrowing DelimitedRow) throws -> Void
    ) rethrows {
        if fault == nil { fault = lengthFault(at: cursor.index - cursor.origin) }
        endField(at: cursor.index - cursor.origin)
        pending.append(contentsOf: chunk[cursor.kept..<cursor.index])
        try endPendingRow(row)
        // The line goes on.
        line -= 1
        state = .skippedLine
    }

    /// Ends a line that was given up, at its line break.
    mutating func endSkippedLine(_ lineBreak: UInt8, _ index: inout Int) {
        index += 1
        line += 1
        skipsLineFeed = lineBreak == Self.carriageReturn
        state = .rowStart
    }
}
