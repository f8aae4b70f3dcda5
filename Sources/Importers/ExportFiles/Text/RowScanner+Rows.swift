extension RowScanner {
    /// How many bytes of the row may be looked at for the end of the field.
    @inline(__always)
    var lengthLimit: Int {
        let rowLimit = fault == nil ? limits.maximumRowBytes : 2 * limits.maximumLookaheadBytes
        return min(fieldStart + limits.maximumFieldBytes, rowLimit)
    }

    /// How many bytes of the row may be looked at for the closing quote of a field: more than a field may have, so that
    /// a field that is too long costs its row alone.
    @inline(__always)
    var quotedLimit: Int { min(fieldStart + limits.maximumLookaheadBytes, 2 * limits.maximumLookaheadBytes) }

    /// Whether the row is kept until its end.
    var keepsRow: Bool {
        switch state {
        case .rowStart, .skippedLine, .oversized, .oversizedQuoteSeen: false
        case .fieldStart, .plain, .quoted, .quoteSeen: true
        }
    }

    /// Which limit was met, given how long the row is.
    func lengthFault(at length: Int) -> DelimitedRowFault {
        length - fieldStart >= limits.maximumFieldBytes
            ? .fieldTooLong(limit: limits.maximumFieldBytes) : .rowTooLong(limit: limits.maximumRowBytes)
    }

    /// Ends the field.
    @inline(__always)
    mutating func endField(at end: Int) {
        if fault == nil, end - fieldStart > limits.maximumFieldBytes || end > limits.maximumRowBytes {
            fault = lengthFault(at: end)
        }
        if fields.count < limits.maximumColumns {
            fields.append(FieldSpan(start: fieldStart, end: end, hasDoubledQuotes: hasDoubledQuotes))
        } else if fault == nil {
            fault = .tooManyColumns(limit: limits.maximumColumns)
        }
    }

    /// Ends the row that is in memory as a whole.
    mutating func endPendingRow(_ row: (borrowing DelimitedRow) throws -> Void) rethrows {
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
    mutating func hand(
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
            fields[place] = FieldSpan(
                start: start, end: unescaped.count, hasDoubledQuotes: true, isUnescaped: true)
        }
    }
}
