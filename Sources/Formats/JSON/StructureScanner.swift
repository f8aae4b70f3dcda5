/// Follows strings and brackets through a text that arrives in chunks, to know where a value ends.
///
/// It checks that brackets match and do not nest too deep, and leaves everything else to the reader of the value. If it
/// recovers, it throws nothing: it only finds where a value ends, and the reader of the value finds what is wrong in it.
struct StructureScanner {
    let maximumDepth: Int
    let recovers: Bool
    /// The closing brackets that the open ones wait for, the innermost last.
    private var closers: [UInt8] = []
    /// How many brackets are open beyond the limit. They are only counted, so that memory stays flat.
    private var excess = 0
    private var isInString = false
    private var isEscaped = false
    /// The last byte before the current chunk that is no white space.
    private var lastByte: UInt8 = 0

    init(maximumDepth: Int, recovers: Bool = false) {
        self.maximumDepth = maximumDepth
        self.recovers = recovers
    }

    /// How many brackets are open.
    var depth: Int { closers.count + excess }

    /// Opens a bracket.
    ///
    /// - Throws: `tooDeep`.
    mutating func open(_ bracket: UInt8, at offset: Int) throws(JSONError) {
        guard closers.count < maximumDepth else {
            if recovers {
                excess += 1
                return
            }
            throw JSONError(code: .tooDeep, offset: offset, detail: String(maximumDepth))
        }
        // In ASCII each closing bracket stands two places after its opening one.
        closers.append(bracket + 2)
    }

    /// Closes the innermost bracket or, when recovering, the innermost one above `floor` that waits for this bracket.
    ///
    /// - Throws: `unexpectedByte` when that one waits for another bracket.
    mutating func close(_ bracket: UInt8, at offset: Int, floor: Int = 0) throws(JSONError) {
        guard recovers else {
            guard closers.popLast() == bracket else { throw .unexpected(bracket, at: offset) }
            return
        }
        if excess > 0 {
            excess -= 1
        } else if let index = closers[min(floor, closers.count)...].lastIndex(of: bracket) {
            closers.removeSubrange(index...)
        }
    }

    /// Goes on until the string, object or array ends that began at `floor`.
    ///
    /// - Parameters:
    ///   - bytes: the chunk.
    ///   - position: where to go on; then the place behind the value, or `end`.
    ///   - end: where to stop.
    ///   - floor: how many brackets were open before the value.
    ///   - consumed: how many bytes of the text came before the chunk.
    /// - Returns: whether the value has ended. When recovering, it has also ended before an object that begins where a
    ///   key belongs: the value lacks a bracket, and another value begins.
    mutating func scan(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, to end: Int, floor: Int, consumed: Int
    ) throws(JSONError) -> Bool {
        let start = position
        defer {
            if recovers { lastByte = lastByte(of: bytes, from: start, to: position) }
        }
        while position < end {
            if isInString {
                if scanString(bytes, &position, to: end), depth == floor { return true }
                continue
            }
            let byte = bytes[position]
            switch byte {
            case ASCII.quote: isInString = true
            case ASCII.openBrace, ASCII.openBracket:
                if recovers, byte == ASCII.openBrace, depth > floor, excess == 0, closers.last == ASCII.closeBrace,
                    lastByte(of: bytes, from: start, to: position) == ASCII.comma
                {
                    closers.removeSubrange(floor...)
                    return true
                }
                try open(byte, at: consumed + position)
            case ASCII.closeBrace, ASCII.closeBracket:
                try close(byte, at: consumed + position, floor: floor)
                if depth == floor {
                    position += 1
                    return true
                }
            default: break
            }
            position += 1
        }
        return false
    }

    private func lastByte(of bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> UInt8 {
        var index = end
        while index > start, bytes[index - 1].isJSONWhitespace { index -= 1 }
        return index > start ? bytes[index - 1] : lastByte
    }

    /// Goes on inside a string; true when it has ended.
    @inline(__always)
    private mutating func scanString(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, to end: Int) -> Bool {
        if isEscaped {
            isEscaped = false
            position += 1
        }
        position = bytes.quoteOrBackslash(from: position, to: end)
        guard position < end else { return false }
        let isQuote = bytes[position] == ASCII.quote
        isInString = !isQuote
        isEscaped = !isQuote
        position += 1
        return isQuote
    }
}
