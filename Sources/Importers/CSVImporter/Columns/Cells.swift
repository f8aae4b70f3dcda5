internal import DelimitedText
internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

extension DelimitedRow {
    /// The bytes of a column.
    ///
    /// - Parameter isProtected: whether texts that could be formulas begin with an apostrophe more (`SpreadsheetCell`).
    func cell(_ column: Int, isProtected: Bool) -> UnsafeRawBufferPointer {
        isProtected ? SpreadsheetCell.restored(bytes(column)) : bytes(column)
    }

    /// The text of a column without white space at its ends; empty for a column that the table or the row lacks.
    func trimmed(_ column: Int?, isProtected: Bool = false) -> String {
        guard let column, column < count else { return "" }
        let bytes = UnsafeRawBufferPointer(trimming: cell(column, isProtected: isProtected))
        let text = String(decoding: bytes, as: UTF8.self)
        return bytes.isASCII ? text : CaseFolding.trim(text)
    }

    /// The name in a column; empty for a column that the table or the row lacks.
    func name(_ column: Int?, isProtected: Bool = false) -> String {
        guard let column, column < count else { return "" }
        return SourceName.text(cell(column, isProtected: isProtected))
    }

    /// The parts of a column between semicolons, without white space at their ends, each once.
    func list(_ column: Int?, isProtected: Bool = false) -> [String] {
        guard let column, column < count else { return [] }
        return parts(cell(column, isProtected: isProtected)) { SourceName.text($0) }
    }

    /// The same for ids, which keep their bytes.
    func exactList(_ column: Int?, isProtected: Bool = false) -> [String] {
        guard let column, column < count else { return [] }
        return parts(cell(column, isProtected: isProtected)) { CaseFolding.trim(String(decoding: $0, as: UTF8.self)) }
    }

    private func parts(
        _ cell: UnsafeRawBufferPointer, _ text: (UnsafeRawBufferPointer) -> String
    ) -> [String] {
        var parts: [String] = []
        var seen: Set<ExactString> = []
        for part in cell.split(separator: UInt8(ascii: ";")) {
            let text = text(UnsafeRawBufferPointer(rebasing: part))
            if !text.isEmpty, seen.insert(ExactString(text)).inserted { parts.append(text) }
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
