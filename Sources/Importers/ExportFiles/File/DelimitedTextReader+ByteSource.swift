public import DelimitedText

extension DelimitedTextReader {
    /// Reads a source from its beginning to its end.
    ///
    /// - Parameters:
    ///   - source: the entry or file.
    ///   - row: handles each row.
    /// - Throws: what the source throws, after the complete rows before the fault were handed out; and whatever `row`
    ///   throws.
    public mutating func read(
        _ source: any ByteSource, _ row: (borrowing DelimitedRow) throws -> Void
    ) throws {
        var rows = 0
        func handOut(_ next: borrowing DelimitedRow) throws {
            rows += 1
            if rows.isMultiple(of: 4096) { try source.checkpoint() }
            try row(next)
        }
        do {
            try source.read { try receive($0, handOut) }
        } catch let error as ExportFileError where error.code == .entryUnreadable {
            try breakOff(handOut)
            throw error
        }
        try finish(handOut)
    }
}
