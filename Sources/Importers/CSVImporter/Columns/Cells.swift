internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

extension DelimitedRow {
    /// The text of a column without white space at its ends; empty for a column that the table or the row lacks.
    func trimmed(_ column: Int?) -> String {
        guard let column, column < count else { return "" }
        let bytes = UnsafeRawBufferPointer(trimming: bytes(column))
        let text = String(decoding: bytes, as: UTF8.self)
        return bytes.isASCII ? text : CaseFolding.trim(text)
    }

    /// The name in a column; empty for a column that the table or the row lacks.
    func name(_ column: Int?) -> String {
        guard let column, column < count else { return "" }
        return SourceName.text(bytes(column))
    }

    /// The parts of a column between semicolons, without white space at their ends, each once.
    func list(_ column: Int?) -> [String] {
        guard let column, column < count else { return [] }
        return parts(bytes(column)) { SourceName.text($0) }
    }

    /// The same for ids, which keep their bytes.
    func exactList(_ column: Int?) -> [String] {
        guard let column, column < count else { return [] }
        return parts(bytes(column)) { CaseFolding.trim(String(decoding: $0, as: UTF8.self)) }
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
