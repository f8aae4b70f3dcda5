package import DelimitedText
internal import ImportDomain
internal import JSON

extension DelimitedRow {
    /// Calls `body` with the bytes of a column.
    ///
    /// - Parameter isProtected: whether texts that could be formulas have an apostrophe more (`SpreadsheetCell`).
    package func withCell<Result>(
        _ column: Int, isProtected: Bool, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let bytes = bytes(column)
        guard isProtected, let restored = SpreadsheetCell.restored(bytes) else { return body(bytes) }
        return restored.withUnsafeBytes(body)
    }

    /// The text of a column without white space at its ends; empty for a column that the table or the row lacks.
    package func trimmed(_ column: Int?, isProtected: Bool = false) -> String {
        guard let column, column < count else { return "" }
        return withCell(column, isProtected: isProtected) { cell in
            let bytes = UnsafeRawBufferPointer(trimming: cell)
            let text = String(decoding: bytes, as: UTF8.self)
            return bytes.isASCII ? text : CaseFolding.trim(text)
        }
    }

    /// The name in a column; empty for a column that the table or the row lacks.
    package func name(_ column: Int?, isProtected: Bool = false) -> String {
        guard let column, column < count else { return "" }
        return withCell(column, isProtected: isProtected) { SourceName.text($0) }
    }

    /// The parts of a column between semicolons, without white space at their ends, each once.
    package func list(_ column: Int?, isProtected: Bool = false) -> [String] {
        parts(column, isProtected) { SourceName.text($0) }
    }

    /// The same for ids, which keep their bytes.
    package func exactList(_ column: Int?, isProtected: Bool = false) -> [String] {
        parts(column, isProtected) { CaseFolding.trim(String(decoding: $0, as: UTF8.self)) }
    }

    private func parts(
        _ column: Int?, _ isProtected: Bool, _ text: (UnsafeRawBufferPointer) -> String
    ) -> [String] {
        guard let column, column < count else { return [] }
        return withCell(column, isProtected: isProtected) { cell in
            var parts: [String] = []
            var seen: Set<ExactString> = []
            for part in cell.split(separator: UInt8(ascii: ";")) {
                let text = text(UnsafeRawBufferPointer(rebasing: part))
                if !text.isEmpty, seen.insert(ExactString(text)).inserted { parts.append(text) }
            }
            return parts
        }
    }

    /// Whether the row has something in a column that its table does not have.
    package func hasSurplus(beyond columnCount: Int) -> Bool {
        guard count > columnCount else { return false }
        for index in columnCount..<count where !UnsafeRawBufferPointer(trimming: bytes(index)).isEmpty { return true }
        return false
    }

    /// How many columns a table without a header has whose first row this is: as many as it needs, or more if a
    /// spreadsheet filled its rows with empty fields.
    package func width(beyond columnCount: Int) -> Int {
        hasSurplus(beyond: columnCount) ? columnCount : max(columnCount, count)
    }
}
