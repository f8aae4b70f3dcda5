/// Writes rows of delimited text: UTF-8, commas, CR LF, and quotes where a field needs them.
///
/// No field is a formula to a spreadsheet: see `SpreadsheetCell`.
/// Source: RFC 4180.
public struct DelimitedTextWriter: Sendable {
    /// What was written and not taken.
    public private(set) var bytes: [UInt8] = []
    private var isAtRowStart = true

    /// An empty text.
    ///
    /// - Parameter byteOrderMark: whether it begins with one. Without it, spreadsheets do not take a file for UTF-8.
    public init(byteOrderMark: Bool = false) {
        if byteOrderMark { bytes = [0xEF, 0xBB, 0xBF] }
    }

    /// Writes the next field of the row.
    public mutating func field(_ text: String) {
        if !isAtRowStart { bytes.append(UInt8(ascii: ",")) }
        isAtRowStart = false
        let cell = SpreadsheetCell.protected(text)
        // White space at the ends is kept by quotes where readers trim fields.
        let needsQuotes =
            cell.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x3B || $0 < 0x20 } || cell.utf8.first == 0x20
            || cell.utf8.last == 0x20
        guard needsQuotes else {
            bytes.append(contentsOf: cell.utf8)
            return
        }
        bytes.append(0x22)
        for byte in cell.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }

    /// Ends the row.
    public mutating func endRow() {
        bytes += [0x0D, 0x0A]
        isAtRowStart = true
    }

    /// Removes and returns what was written.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}

/// Keeps texts in tables from being formulas of spreadsheets.
///
/// A cell begins at the start of a text and, to a program that separates fields in another way, behind each `;`, tab and
/// line break. Where a sign of formulas follows there, after any number of apostrophes and quotes, the text gets one more
/// apostrophe at the beginning of the cell. A reader removes one apostrophe from each such place. So every text comes
/// back as it was.
///
/// Signs are `=`, `+`, `-`, `@` and their full-width and small forms; at the start of a text also a tab and a line break.
/// Source: OWASP, "CSV Injection".
public enum SpreadsheetCell {
    /// A text in its form for tables.
    public static func protected(_ text: String) -> String {
        var text = text
        let bytes: [UInt8]? = text.withUTF8 { text in
            let starts = formulaStarts(UnsafeRawBufferPointer(text))
            guard !starts.isEmpty else { return nil }
            var (bytes, copied) = ([UInt8](), 0)
            for start in starts {
                bytes.append(contentsOf: text[copied..<start])
                bytes.append(apostrophe)
                copied = start
            }
            bytes.append(contentsOf: text[copied...])
            return bytes
        }
        return bytes.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The text of a cell.
    public static func restored(_ cell: String) -> String {
        var cell = cell
        let bytes = cell.withUTF8 { restored(UnsafeRawBufferPointer($0)) }
        return bytes.map { String(decoding: $0, as: UTF8.self) } ?? cell
    }

    /// The text of a cell in UTF-8; nil if the cell is its text.
    public static func restored(_ cell: UnsafeRawBufferPointer) -> [UInt8]? {
        let starts = formulaStarts(cell).filter { cell[$0] == apostrophe }
        guard !starts.isEmpty else { return nil }
        var (bytes, copied) = ([UInt8](), 0)
        for start in starts {
            bytes.append(contentsOf: cell[copied..<start])
            copied = start + 1
        }
        bytes.append(contentsOf: cell[copied...])
        return bytes
    }

    private static let apostrophe = UInt8(ascii: "'")

    /// Where cells begin that could be formulas: before their apostrophes and quotes.
    ///
    /// An apostrophe more or less at these places changes none of them.
    private static func formulaStarts(_ text: UnsafeRawBufferPointer) -> [Int] {
        var starts: [Int] = []
        var index = 0
        while index < text.count {
            let start = index
            while index < text.count, text[index] == apostrophe || text[index] == UInt8(ascii: "\"") { index += 1 }
            if index < text.count, isSign(text, at: index) || start == 0 && isBlankSign(text[index]) {
                starts.append(start)
            }
            while index < text.count, !separatesCells(text[index]) { index += 1 }
            index += 1
        }
        return starts
    }

    private static func isBlankSign(_ byte: UInt8) -> Bool { byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private static func separatesCells(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ";") || isBlankSign(byte) }

    private static func isSign(_ text: UnsafeRawBufferPointer, at index: Int) -> Bool {
        switch text[index] {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): true
        case 0xEF where index + 2 < text.count:
            switch (text[index + 1], text[index + 2]) {
            // U+FF0B, U+FF0D, U+FF1D, U+FF20; U+FE62, U+FE63, U+FE66, U+FE6B.
            case (0xBC, 0x8B), (0xBC, 0x8D), (0xBC, 0x9D), (0xBC, 0xA0): true
            case (0xB9, 0xA2), (0xB9, 0xA3), (0xB9, 0xA6), (0xB9, 0xAB): true
            default: false
            }
        default: false
        }
    }
}
