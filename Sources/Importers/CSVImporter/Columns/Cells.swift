internal import ExportFiles

extension DelimitedRow {
    /// The text of a column without white space at its ends; empty for a column that the table or the row lacks.
    func trimmed(_ column: Int?) -> String {
        guard let column, column < count else { return "" }
        return String(decoding: UnsafeRawBufferPointer(trimming: bytes(column)), as: UTF8.self)
    }

    /// The name in a column; empty for a column that the table or the row lacks.
    func name(_ column: Int?) -> String {
        guard let column, column < count else { return "" }
        return SourceName.text(bytes(column))
    }

    /// The parts of a column between semicolons, without white space at their ends, each once.
    func list(_ column: Int?) -> [String] {
        guard let column, column < count else { return [] }
        var parts: [String] = []
        var seen: Set<String> = []
        for part in bytes(column).split(separator: UInt8(ascii: ";")) {
            let text = SourceName.text(UnsafeRawBufferPointer(rebasing: part))
            if !text.isEmpty, seen.insert(text).inserted { parts.append(text) }
        }
        return parts
    }

    /// Whether the row has something in a column that its table does not have.
    func hasSurplus(beyond columnCount: Int) -> Bool {
        guard count > columnCount else { return false }
        for index in columnCount..<count where !UnsafeRawBufferPointer(trimming: bytes(index)).isEmpty { return true }
        return false
    }
}
