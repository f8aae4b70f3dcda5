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
