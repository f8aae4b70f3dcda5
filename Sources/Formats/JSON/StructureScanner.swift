/// Tracks strings and brackets in chunks to find the end of a value.
///
/// It validates only matching brackets and nesting; the reader of the value validates the rest. A recovering scanner
/// does not throw: it only finds the end of a value.
struct StructureScanner {
    let maximumDepth: Int
    let recovers: Bool
    /// The expected closing brackets, the innermost last.
    private var closers: [UInt8] = []
    /// The number of open brackets beyond the limit, counted only, so that memory is bounded.
    private var excess = 0
    private var isInString = false
    private var isEscaped = false
    /// The last byte before the current chunk that is not white space.
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
        // In ASCII each closing bracket is its opening one plus two.
        closers.append(bracket + 2)
    }

    /// Closes the innermost bracket or, when recovering, the innermost matching one above `floor`.
    ///
    /// - Throws: `unexpectedByte` for another bracket.
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

    /// Scans to the end of the string, object or array that began at `floor`.
    ///
    /// - Parameters:
    ///   - bytes: the chunk.
    ///   - position: the index to continue at; then the index after the value, or `end`.
    ///   - end: where to stop.
    ///   - floor: the number of brackets open before the value.
    ///   - consumed: how many bytes of the text precede the chunk.
    /// - Returns: whether the value has ended. When recovering, it also ends before an object in the position of a key:
    ///   the value lacks a bracket, and another value begins.
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

    /// Continues inside a string; true at its end.
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
