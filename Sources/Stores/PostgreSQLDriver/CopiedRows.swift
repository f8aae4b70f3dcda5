import SQL

/// Sends rows in pieces, so that the server inserts the first while the next are made.
final class CopiedRows: RowSink {
    /// How large a piece becomes, in bytes.
    private static let pieceBytes = 1 << 16

    private var text = CopyText()
    private let send: ([UInt8]) throws -> Void

    /// - Parameter send: takes a piece of the text format of COPY.
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

    /// Sends what has not been sent yet.
    func flush() throws {
        guard !text.bytes.isEmpty else { return }
        try send(text.bytes)
        text.removeAll()
    }
}
