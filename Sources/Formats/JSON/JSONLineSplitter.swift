/// Cuts a text of one JSON value a line (`application/x-ndjson`) into its lines while it arrives in chunks.
///
/// At most one line is buffered; a line that lies within a chunk is handed out without being copied. Lines end with LF
/// or CR LF, blank ones are skipped but counted, and a UTF-8 byte order mark before the first is skipped. What a line
/// holds is for `JSONReader` to check.
///
/// After an error the splitter must not be used again.
public struct JSONLineSplitter {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let maximumLineBytes: Int
    /// Whether the line is beyond the limit, so that it is followed to its end and not kept.
    private var isOversized = false
    private var consumed = 0
    private var pending: [UInt8] = []
    private var lineStart = 0
    private var lineNumber = 1
    /// How many bytes of a byte order mark have been seen; nil once it is known whether there is one.
    private var markLength: Int? = 0

    /// Where the line handed out last begins in the whole text.
    ///
    /// It cannot be asked for while a line is being handled, because the splitter is busy then; lines come with their
    /// offset.
    public private(set) var lineOffset = 0

    /// A splitter at the start of a text.
    ///
    /// - Parameter limits: `maximumElementBytes` is how long a line may be, without its end.
    public init(limits: JSONLimits = JSONLimits()) {
        maximumLineBytes = limits.maximumElementBytes
    }

    /// Takes the next bytes of the text.
    ///
    /// - Parameters:
    ///   - chunk: the bytes, borrowed.
    ///   - oversized: is told of each line that is too long as soon as it is; what it throws ends the reading, else the
    ///     line is passed over.
    ///   - body: handles each line: its bytes without its end, borrowed for the duration of the call; its number from
    ///     1; and where it begins in the whole text.
    /// - Throws: whatever the closures throw.
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

    /// Says that the text has arrived as a whole; its last line needs no end.
    ///
    /// - Parameters:
    ///   - oversized: is told of a last line that is too long.
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

    /// Passes over a byte order mark, which chunks may cut in pieces.
    ///
    /// - Returns: where the first line goes on in the chunk.
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
            // No mark after all: what an earlier chunk had of it belongs to the line.
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
        // One byte more than the limit may be the CR of the line's end.
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
        // Taken out while it is lent, and put back for its memory.
        var line: [UInt8] = []
        swap(&line, &pending)
        try line.withUnsafeBytes { line in
            // Its last byte was let in because it could be the CR of the line's end.
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
