extension JSONReader {
    /// Reads a string.
    ///
    /// - Throws: `wrongKind` when the next value is not a string, and the errors of strings.
    public mutating func readString() throws(JSONError) -> String {
        try expect(.string)
        let span = try scanString()
        valueIsDue = false
        return span.decoded(in: bytes)
    }

    /// Reads a number.
    ///
    /// - Throws: `wrongKind` when the next value is not a number, `invalidNumber`, `numberOutOfRange`.
    public mutating func readNumber() throws(JSONError) -> JSONNumber {
        try expect(.number)
        let start = position
        try scanNumber()
        valueIsDue = false
        return JSONNumber(checked: String(decoding: bytes.slice(start, position), as: UTF8.self))
    }

    /// Reads `true` or `false`.
    ///
    /// - Throws: `wrongKind` when the next value is not a boolean.
    public mutating func readBoolean() throws(JSONError) -> Bool {
        try expect(.boolean)
        let value = bytes[position] == ASCII.t
        try scanWord(value ? "true" : "false")
        return value
    }

    /// Reads `null`.
    ///
    /// - Throws: `wrongKind` when the next value is not null.
    public mutating func readNull() throws(JSONError) {
        try expect(.null)
        try scanWord("null")
    }

    /// Checks one of the three words that JSON knows.
    @inline(__always)
    mutating func scanWord(_ word: StaticString) throws(JSONError) {
        for place in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw endError }
            guard bytes[position] == word.utf8Start[place] else { throw .unexpected(bytes[position], at: offset) }
            position += 1
        }
        valueIsDue = false
    }
}
