/// Follows strings and brackets through a text that arrives in chunks, to know where a value ends.
///
/// It checks that brackets match and do not nest too deep, and leaves everything else to the reader of the value.
struct StructureScanner {
    let maximumDepth: Int
    /// The closing brackets that the open ones wait for, the innermost last.
    private var closers: [UInt8] = []
    private var isInString = false
    private var isEscaped = false

    init(maximumDepth: Int) {
        self.maximumDepth = maximumDepth
    }

    /// How many brackets are open.
    var depth: Int { closers.count }

    /// Opens a bracket.
    ///
    /// - Throws: `tooDeep`.
    mutating func open(_ bracket: UInt8, at offset: Int) throws(JSONError) {
        guard closers.count < maximumDepth else {
            throw JSONError(code: .tooDeep, offset: offset, detail: String(maximumDepth))
        }
        // In ASCII each closing bracket stands two places after its opening one.
        closers.append(bracket + 2)
    }

    /// Closes the innermost bracket.
    ///
    /// - Throws: `unexpectedByte` when that one waits for another bracket.
    mutating func close(_ bracket: UInt8, at offset: Int) throws(JSONError) {
        guard closers.popLast() == bracket else { throw .unexpected(bracket, at: offset) }
    }

    /// Goes on until the string, object or array ends that began at `floor`.
    ///
    /// - Parameters:
    ///   - bytes: the chunk.
    ///   - position: where to go on; then the place behind the value, or `end`.
    ///   - end: where to stop.
    ///   - floor: how many brackets were open before the value.
    ///   - consumed: how many bytes of the text came before the chunk.
    /// - Returns: whether the value has ended.
    mutating func scan(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, to end: Int, floor: Int, consumed: Int
    ) throws(JSONError) -> Bool {
        while position < end {
            if isInString {
                if scanString(bytes, &position, to: end), closers.count == floor { return true }
                continue
            }
            let byte = bytes[position]
            switch byte {
            case ASCII.quote: isInString = true
            case ASCII.openBrace, ASCII.openBracket: try open(byte, at: consumed + position)
            case ASCII.closeBrace, ASCII.closeBracket:
                try close(byte, at: consumed + position)
                if closers.count == floor {
                    position += 1
                    return true
                }
            default: break
            }
            position += 1
        }
        return false
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
