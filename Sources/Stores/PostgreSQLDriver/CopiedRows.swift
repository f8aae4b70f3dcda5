import SQL

/// Sends rows in chunks, so that the server inserts the first while the next are built.
final class CopiedRows: RowSink {
    /// The size of a chunk in bytes.
    private static let pieceBytes = 1 << 16

    private var text = CopyText()
    private let send: ([UInt8]) throws -> Void

    /// - Parameter send: sends a chunk in COPY's text format.
    init(send: @escaping ([UInt8]) throws -> Void) { self.send = send }

    func append(row: ArraySlice<SQLValue>) throws {
        let last = row.endIndex - 1
        for index in row.indices { try text.append(row[index], endsRow: index == last) }
        if text.bytes.count >= Self.pieceBytes { try flush() }
    }

    /// Adds a value of a row.
    func append(_ value: BulkInsert.Value, endsRow: Bool) throws {
        try text.append(value, endsRow: endsRow)
        if endsRow, text.bytes.count >= Self.pieceBytes { try flush() }
    }

    /// Sends the rest.
    func flush() throws {
        guard !text.bytes.isEmpty else { return }
        try send(text.bytes)
        text.removeAll()
    }
}
