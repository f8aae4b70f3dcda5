extension JSONReader {
    /// Enters an object; `nextKey` goes from member to member and leaves it.
    ///
    /// - Throws: `wrongKind` when the next value is not an object, `tooDeep`.
    public mutating func beginObject() throws(JSONError) {
        try expect(.object)
        try enter(keysStart: keys.count)
    }

    /// Goes to the next member of the innermost open object. The value of the member before it is skipped if nobody
    /// read it.
    ///
    /// - Returns: the member's key, or nil when the object has ended.
    /// - Throws: `duplicateKey` and the errors of strings and punctuation.
    public mutating func nextKey() throws(JSONError) -> String? {
        guard let span = try nextKeySpan() else { return nil }
        return span.decoded(in: bytes)
    }

    /// Enters an array; `nextElement` goes from element to element and leaves it.
    ///
    /// - Throws: `wrongKind` when the next value is not an array, `tooDeep`.
    public mutating func beginArray() throws(JSONError) {
        try expect(.array)
        try enter(keysStart: -1)
    }

    /// Goes to the next element of the innermost open array. The element before it is skipped if nobody read it.
    ///
    /// - Returns: whether there is one; false when the array has ended.
    /// - Throws: the errors of punctuation.
    public mutating func nextElement() throws(JSONError) -> Bool {
        if valueIsDue { try skipValue() }
        precondition(openContainers.last == -1, "nextElement() is for the inside of an array")
        skipWhitespace()
        guard position < bytes.count else { throw endError }
        let byte = bytes[position]
        if byte == ASCII.closeBracket {
            leave()
            return false
        }
        if isAtFirst {
            isAtFirst = false
        } else {
            guard byte == ASCII.comma else { throw .unexpected(byte, at: offset) }
            position += 1
        }
        valueIsDue = true
        return true
    }

    /// Goes to the next member, checks its key and leaves it undecoded.
    mutating func nextKeySpan() throws(JSONError) -> StringSpan? {
        if valueIsDue { try skipValue() }
        guard let keysStart = openContainers.last, keysStart >= 0 else {
            preconditionFailure("nextKey() is for the inside of an object")
        }
        skipWhitespace()
        guard position < bytes.count else { throw endError }
        if bytes[position] == ASCII.closeBrace {
            keys.closeObject(from: keysStart)
            leave()
            return nil
        }
        if isAtFirst {
            isAtFirst = false
        } else {
            guard bytes[position] == ASCII.comma else { throw .unexpected(bytes[position], at: offset) }
            position += 1
            skipWhitespace()
            guard position < bytes.count else { throw endError }
        }
        guard bytes[position] == ASCII.quote else { throw .unexpected(bytes[position], at: offset) }
        let keyOffset = offset
        let span = try scanString()
        guard keys.insert(span, from: keysStart, in: bytes) else {
            throw JSONError(code: .duplicateKey, offset: keyOffset, detail: span.decoded(in: bytes))
        }
        skipWhitespace()
        guard position < bytes.count else { throw endError }
        guard bytes[position] == ASCII.colon else { throw .unexpected(bytes[position], at: offset) }
        position += 1
        valueIsDue = true
        return span
    }

    @inline(__always)
    private mutating func enter(keysStart: Int) throws(JSONError) {
        guard openContainers.count < maximumDepth else {
            throw JSONError(code: .tooDeep, offset: offset, detail: String(maximumDepth))
        }
        if openContainers.capacity == 0 { openContainers.reserveCapacity(8) }
        openContainers.append(keysStart)
        position += 1
        valueIsDue = false
        isAtFirst = true
    }

    @inline(__always)
    private mutating func leave() {
        openContainers.removeLast()
        position += 1
        isAtFirst = false
    }
}
