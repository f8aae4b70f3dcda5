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
    ///   - body: handles each line: its bytes without its end, borrowed for the duration of the call; its number from
    ///     1; and where it begins in the whole text.
    /// - Throws: `elementTooLarge` when a line is too long, and whatever `body` throws.
    public mutating func feed(
        _ chunk: UnsafeRawBufferPointer,
        _ body: (_ line: UnsafeRawBufferPointer, _ lineNumber: Int, _ offset: Int) throws -> Void
    ) throws {
        for byte in UnsafeRawBufferPointer(chunk) {
            try take(byte, body)
        }
    }

    public mutating func finish(
        _ body: (_ line: UnsafeRawBufferPointer, _ lineNumber: Int, _ offset: Int) throws -> Void
    ) throws {
        if !pending.isEmpty { try take(0x0A, body) }
    }

    private mutating func take(
        _ byte: UInt8, _ body: (_ line: UnsafeRawBufferPointer, _ lineNumber: Int, _ offset: Int) throws -> Void
    ) throws {
        consumed += 1
        guard byte == 0x0A else {
            pending.append(byte)
            if pending.count > maximumLineBytes + 1 { throw JSONError(code: .elementTooLarge, offset: consumed) }
            return
        }
        if pending.last == 0x0D { pending.removeLast() }
        if lineNumber == 1, pending.starts(with: Self.byteOrderMark) { pending.removeFirst(3) }
        let line = pending
        pending.removeAll(keepingCapacity: true)
        if line.contains(where: { $0 != 0x20 && $0 != 0x09 }) {
            lineOffset = lineStart
            try line.withUnsafeBytes { try body($0, lineNumber, lineStart) }
        }
        lineStart = consumed
        lineNumber += 1
    }
}
