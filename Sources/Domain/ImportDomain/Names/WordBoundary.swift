/// Where a name behind `@` or `#` ends in a text. Importers find mentions by it, and the engine replaces them by it.
public enum WordBoundary {
    /// Whether a byte belongs to a word: a letter, a digit, `_`, or a part of any character beyond ASCII.
    @inlinable
    public static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5F
    }

    /// Whether a word continues at an index: a letter, digit, `_` or mark of any script begins there.
    public static func continuesWord(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
        guard index < bytes.count else { return false }
        let byte = bytes[index]
        if byte < 0xC0 { return isWord(byte) }
        var decoder = UTF8()
        var rest = bytes[index...].makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&rest) else { return false }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return properties.isAlphabetic || properties.numericType != nil
        }
    }
}
