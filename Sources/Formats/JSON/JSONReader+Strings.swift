extension JSONReader {
    /// Checks the string whose opening quote is the next byte, and goes behind its closing quote.
    mutating func scanString() throws(JSONError) -> StringSpan {
        let start = position + 1
        var hasEscapes = false
        var seenBits: UInt64 = 0
        var index = start
        while true {
            index = endOfPlainRun(from: index, &seenBits)
            guard index < bytes.count else { throw endError }
            let byte = bytes[index]
            if byte == ASCII.quote { break }
            guard byte == ASCII.backslash else { throw .control(byte, at: baseOffset + index) }
            hasEscapes = true
            index = try endOfEscape(at: index)
        }
        if seenBits & ByteWord.highBits != 0, let invalid = bytes.firstInvalidUTF8(from: start, to: index) {
            throw JSONError(code: .invalidUTF8, offset: baseOffset + invalid)
        }
        position = index + 1
        return StringSpan(start: start, end: index, hasEscapes: hasEscapes)
    }

    /// The first quote, backslash or control character from `index` on; every byte before it is added to `seenBits`, so
    /// that pure ASCII needs no further check.
    @inline(__always)
    private func endOfPlainRun(from index: Int, _ seenBits: inout UInt64) -> Int {
        var index = index
        while bytes.count - index >= 8 {
            let word = ByteWord.load(bytes, at: index)
            let stops = ByteWord.quotesAndBackslashes(in: word) | ByteWord.controlCharacters(in: word)
            if stops != 0 {
                let bitsBefore = stops.trailingZeroBitCount & ~7
                seenBits |= word & (1 &<< UInt64(bitsBefore) &- 1)
                return index + bitsBefore >> 3
            }
            seenBits |= word
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == ASCII.quote || byte == ASCII.backslash || byte < ASCII.space { break }
            seenBits |= UInt64(byte)
            index += 1
        }
        return index
    }

    /// Checks the escape at `index`.
    private func endOfEscape(at index: Int) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else { throw endError }
        switch bytes[index + 1] {
        case ASCII.quote, ASCII.backslash, ASCII.slash, ASCII.b, ASCII.f, ASCII.n, ASCII.r, ASCII.t: return index + 2
        case ASCII.u: break
        default: throw JSONError(code: .invalidEscape, offset: baseOffset + index)
        }
        let unit = try escapedUnit(at: index)
        switch unit {
        case 0: throw JSONError(code: .nulCharacter, offset: baseOffset + index)
        case 0xD800..<0xDC00: return try endOfSurrogatePair(at: index)
        case 0xDC00..<0xE000: throw JSONError(code: .loneSurrogate, offset: baseOffset + index)
        default: return index + 6
        }
    }

    /// Checks that the low half follows the high half at `index`.
    private func endOfSurrogatePair(at index: Int) throws(JSONError) -> Int {
        let second = index + 6
        guard second < bytes.count else { throw endError }
        let lone = JSONError(code: .loneSurrogate, offset: baseOffset + index)
        guard bytes[second] == ASCII.backslash else { throw lone }
        guard second + 1 < bytes.count else { throw endError }
        guard bytes[second + 1] == ASCII.u else { throw lone }
        guard 0xDC00..<0xE000 ~= (try escapedUnit(at: second)) else { throw lone }
        return second + 6
    }

    /// The UTF-16 unit that four hexadecimal digits name.
    private func escapedUnit(at index: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for place in index + 2..<index + 6 {
            guard place < bytes.count else { throw endError }
            guard let digit = bytes[place].hexadecimalValue else {
                throw JSONError(code: .invalidEscape, offset: baseOffset + index)
            }
            unit = unit << 4 | digit
        }
        return unit
    }
}
