extension JSONReader {
    /// Checks the number that begins with the next byte, and goes behind it.
    mutating func scanNumber() throws(JSONError) {
        let start = position
        if bytes[position] == ASCII.minus { position += 1 }
        let wholeStart = position
        try scanDigits()
        let wholeDigits = position - wholeStart
        if wholeDigits > 1, bytes[wholeStart] == ASCII.zero { throw invalidNumber(at: wholeStart + 1) }
        if position < bytes.count, bytes[position] == ASCII.point {
            position += 1
            try scanDigits()
        }
        var hasExponent = false
        if position < bytes.count, bytes[position] | 0x20 == ASCII.e {
            hasExponent = true
            position += 1
            if position < bytes.count, bytes[position] == ASCII.plus || bytes[position] == ASCII.minus { position += 1 }
            try scanDigits()
        }
        // The greatest Double has 309 digits: a shorter number without exponent is finite without being parsed.
        if hasExponent || wholeDigits > 308 || position - start > JSONLimits.maximumNumberBytes {
            try checkRange(from: start)
        }
    }

    /// Goes behind at least one digit.
    @inline(__always)
    private mutating func scanDigits() throws(JSONError) {
        guard position < bytes.count else { throw endError }
        guard bytes[position].isDigit else { throw invalidNumber(at: position) }
        while position < bytes.count, bytes[position].isDigit { position += 1 }
    }

    private func checkRange(from start: Int) throws(JSONError) {
        if position - start <= JSONLimits.maximumNumberBytes {
            let literal = String(decoding: bytes.slice(start, position), as: UTF8.self)
            if let value = Double(literal), value.isFinite { return }
        }
        let beginning = String(decoding: bytes.slice(start, min(position, start + 64)), as: UTF8.self)
        throw JSONError(code: .numberOutOfRange, offset: baseOffset + start, detail: beginning)
    }

    @inline(never)
    private func invalidNumber(at index: Int) -> JSONError {
        JSONError(code: .invalidNumber, offset: baseOffset + index)
    }
}
