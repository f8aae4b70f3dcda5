/// Splits a text with one JSON value per line (`application/x-ndjson`) while it arrives in chunks.
///
/// At most one line is buffered; a line within one chunk is not copied. Lines end with LF or CR LF, blank ones are
/// skipped but counted, and a leading UTF-8 byte order mark is skipped. `JSONReader` validates the content of lines.
///
/// Do not use the splitter after an error.
public struct JSONLineSplitter {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let maximumLineBytes: Int
    /// Whether the line exceeds the limit and is skipped.
    private var isOversized = false
    private var consumed = 0
    private var pending: [UInt8] = []
    private var lineStart = 0
    private var lineNumber = 1
    /// How many bytes of a byte order mark were read; nil once decided.
    private var markLength: Int? = 0

    /// The offset of the last line in the whole text.
    ///
    /// Not accessible while a line is handled; lines come with their offset.
    public private(set) var lineOffset = 0

    /// A splitter at the start of a text.
    ///
    /// - Parameter limits: `maximumElementBytes` is the maximum length of a line, without its end.
    public init(limits: JSONLimits = JSONLimits()) {
        maximumLineBytes = limits.maximumElementBytes
    }

    /// Reads the next bytes of the text.
    ///
    /// - Parameters:
    ///   - chunk: the bytes, borrowed.
    ///   - oversized: called for each line as soon as it is too long; if it throws, reading ends, else the line is
    ///     skipped.
    ///   - body: handles each line: its bytes without its end, borrowed for the duration of the call; its number from
    ///     1; and its offset in the whole text.
    /// - Throws: errors of the closures.
    public mutating func feed(
        _ chunk: UnsafeRawBufferPointer, oversized: (JSONError) throws -> Void = { throw $0 },
        _ body: (_ line: UnsafeRawBufferPointer, _ lineNumber: Int, _ offset: Int) throws -> Void
    ) throws {
        var position = takeByteOrderMark(chunk)
        while position < chunk.count {
            let end = chunk.lineFeed(from: position)
            let part = chunk.slice(position, end)
            if end == chunk.count {
                try keep(part, oversized)
                break
            }
            if pending.isEmpty, !isOversized, part.count <= maximumLineBytes {
                try handOut(part, body)
            } else {
                try keep(part, oversized)
                try handOutPending(oversized, body)
            }
            lineNumber += 1
            lineStart = consumed + end + 1
            position = end + 1
        }
        consumed += chunk.count
    }

    /// Ends the text; its last line needs no line end.
    ///
    /// - Parameters:
    ///   - oversized: called for a last line that is too long.
    ///   - body: handles the last line.
    /// - Throws: as `feed` does.
    public mutating func finish(
        oversized: (JSONError) throws -> Void = { throw $0 },
        _ body: (_ line: UnsafeRawBufferPointer, _ lineNumber: Int, _ offset: Int) throws -> Void
    ) throws {
        if let length = markLength { pending = Array(Self.byteOrderMark.prefix(length)) }
        markLength = nil
        try handOutPending(oversized, body)
    }

    /// Skips a byte order mark, which chunks may divide.
    ///
    /// - Returns: the index of the first line in the chunk.
    private mutating func takeByteOrderMark(_ chunk: UnsafeRawBufferPointer) -> Int {
        guard var length = markLength else { return 0 }
        var position = 0
        while position < chunk.count, length < 3, chunk[position] == Self.byteOrderMark[length] {
            position += 1
            length += 1
        }
        markLength = length
        if length == 3 {
            lineStart = 3
            markLength = nil
        } else if position < chunk.count {
            // Not a mark: bytes of an earlier chunk belong to the line.
            pending = Array(Self.byteOrderMark.prefix(length - position))
            markLength = nil
            position = 0
        }
        return position
    }

    private mutating func keep(
        _ part: UnsafeRawBufferPointer, _ oversized: (JSONError) throws -> Void
    ) throws {
        if isOversized { return }
        // One byte beyond the limit may be the CR of the line end.
        let excess = pending.count + part.count - maximumLineBytes
        if excess > 1 || (excess == 1 && (part.last ?? pending.last) != ASCII.carriageReturn) {
            isOversized = true
            pending = []
            return try oversized(tooLarge)
        }
        pending.append(contentsOf: part)
    }

    private mutating func handOutPending(
        _ oversized: (JSONError) throws -> Void,
        _ body: (_ line: UnsafeRawBufferPointer, _ lineNumber: Int, _ offset: Int) throws -> Void
    ) throws {
        if isOversized {
            isOversized = false
            return
        }
        // Moved out while it is borrowed; put back to reuse its memory.
        var line: [UInt8] = []
        swap(&line, &pending)
        try line.withUnsafeBytes { line in
            // The last byte was accepted because it could be the CR of the line end.
            if line.count > maximumLineBytes, line.last != ASCII.carriageReturn { return try oversized(tooLarge) }
            try handOut(line, body)
        }
        line.removeAll(keepingCapacity: true)
        swap(&line, &pending)
    }

    private mutating func handOut(
        _ line: UnsafeRawBufferPointer,
        _ body: (_ line: UnsafeRawBufferPointer, _ lineNumber: Int, _ offset: Int) throws -> Void
    ) throws {
        let content = line.slice(0, line.last == ASCII.carriageReturn ? line.count - 1 : line.count)
        guard content.contains(where: { !$0.isJSONWhitespace }) else { return }
        lineOffset = lineStart
        try body(content, lineNumber, lineStart)
    }

    private var tooLarge: JSONError {
        JSONError(code: .elementTooLarge, offset: lineStart, detail: String(maximumLineBytes))
    }
}
