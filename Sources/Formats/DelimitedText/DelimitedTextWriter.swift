/// Writes rows of delimited text: UTF-8, commas, CR LF, and quotes where a field needs them.
///
/// No field is a formula to a spreadsheet: see `SpreadsheetCell`.
/// Source: RFC 4180.
public struct DelimitedTextWriter: Sendable {
    /// What was written and not taken.
    public private(set) var bytes: [UInt8] = []
    private var isAtRowStart = true

    /// An empty text.
    public init() {}

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
/// A text that begins with `=`, `+`, `-`, `@`, a tab or a line break, after any number of apostrophes, gets one more
/// apostrophe in front. A reader removes one apostrophe from such a text. So every text comes back as it was.
public enum SpreadsheetCell {
    /// A text in its form for tables.
    public static func protected(_ text: String) -> String {
        apostrophes(before: text.utf8) == nil ? text : "'" + text
    }

    /// The text of a cell.
    public static func restored(_ cell: String) -> String {
        isProtected(cell.utf8) ? String(decoding: cell.utf8.dropFirst(), as: UTF8.self) : cell
    }

    /// The bytes of the text of a cell.
    public static func restored(_ cell: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        isProtected(cell) ? UnsafeRawBufferPointer(rebasing: cell.dropFirst()) : cell
    }

    private static func isProtected(_ cell: some Sequence<UInt8>) -> Bool { apostrophes(before: cell) ?? 0 > 0 }

    /// How many apostrophes precede the sign that begins a formula; nil for other texts.
    private static func apostrophes(before text: some Sequence<UInt8>) -> Int? {
        var count = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "'"): count += 1
            case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D:
                return count
            default: return nil
            }
        }
        return nil
    }
}
