import Glibc
import ImportAPI

/// Parses a `multipart/form-data` body as it arrives; buffers only headers and a possible beginning of a boundary.
///
/// Source: RFC 2046, section 5.1.1; RFC 7578.
struct MultipartParser: Sendable {
    /// An event of a body, in order.
    enum Event {
        /// A part begins.
        case part(MultipartHeader)
        /// Some of the part's bytes, borrowed.
        case bytes(UnsafeRawBufferPointer)
        /// The part ends.
        case endOfPart
    }

    /// The next step of parsing.
    private enum Step {
        /// Continue at this index.
        case next(Int)
        /// Wait for more bytes, starting at this index.
        case wait(Int)

        var position: Int {
            switch self {
            case .next(let position), .wait(let position): position
            }
        }
    }

    private enum State {
        case preamble, boundaryEnd, header, content, epilogue
    }

    /// The maximum bytes of a part's header, and before the first part.
    static let largestHeaderBytes = 16 << 10
    /// The most parts.
    static let mostParts = 16

    private static let headerEnd = Array("\r\n\r\n".utf8)
    private let delimiter: [UInt8]
    /// Unprocessed bytes. Begins with a line break, because one precedes every boundary but the first.
    private var pending: [UInt8] = Array("\r\n".utf8)
    private var state = State.preamble
    private var partCount = 0
    /// How many bytes of a header, or before the first part, were already searched.
    private var searched = 0

    /// - Throws: the error of a media type without a valid boundary.
    init(contentType: String) throws(APIFailure) {
        guard let boundary = MultipartHeader.parameter("boundary", of: contentType),
            (1...70).contains(boundary.utf8.count)
        else { throw Self.malformed("the content type names no boundary of 1 to 70 characters") }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Whether the last part has ended.
    var isComplete: Bool { state == .epilogue }

    /// Takes the next bytes.
    ///
    /// - Throws: the error of a body that violates RFC 7578, and errors of `body`.
    mutating func receive(
        _ chunk: UnsafeRawBufferPointer, _ body: (Event) throws(APIFailure) -> Void
    ) throws(APIFailure) {
        guard state != .epilogue else { return }
        var bytes = pending
        bytes.append(contentsOf: chunk)
        pending = []
        let result = bytes.withUnsafeBytes { bytes -> Result<Int, APIFailure> in
            do throws(APIFailure) {
                var step = Step.next(0)
                while case .next(let position) = step { step = try take(bytes, from: position, body) }
                return .success(step.position)
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let used): if state != .epilogue { pending = Array(bytes[used...]) }
        case .failure(let failure): throw failure
        }
    }

    private mutating func take(
        _ bytes: UnsafeRawBufferPointer, from position: Int, _ body: (Event) throws(APIFailure) -> Void
    ) throws(APIFailure) -> Step {
        switch state {
        case .preamble:
            let (index, isWhole) = Self.find(delimiter, in: bytes, from: position + searched)
            guard index - position <= Self.largestHeaderBytes else { throw Self.malformed("it has no boundary") }
            searched = isWhole ? 0 : index - position
            guard isWhole else { return .wait(position) }
            state = .boundaryEnd
            return .next(index + delimiter.count)
        case .content:
            let (index, isWhole) = Self.find(delimiter, in: bytes, from: position)
            if index > position { try body(.bytes(UnsafeRawBufferPointer(rebasing: bytes[position..<index]))) }
            guard isWhole else { return .wait(index) }
            try body(.endOfPart)
            state = .boundaryEnd
            return .next(index + delimiter.count)
        case .boundaryEnd: return try endBoundary(bytes, from: position)
        case .header: return try takeHeader(bytes, from: position, body)
        case .epilogue: return .wait(bytes.count)
        }
    }

    private mutating func endBoundary(
        _ bytes: UnsafeRawBufferPointer, from position: Int
    ) throws(APIFailure) -> Step {
        guard bytes.count - position >= 2 else { return .wait(position) }
        if bytes[position] == UInt8(ascii: "-"), bytes[position + 1] == UInt8(ascii: "-") {
            state = .epilogue
            return .wait(position)
        }
        var index = position
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard index - position <= Self.largestHeaderBytes else { throw Self.malformed("a boundary has no end") }
        guard bytes.count - index >= 2 else { return .wait(position) }
        guard bytes[index] == 0x0D, bytes[index + 1] == 0x0A else {
            throw Self.malformed("something other than a line break follows a boundary")
        }
        partCount += 1
        guard partCount <= Self.mostParts else { throw Self.malformed("it has more than \(Self.mostParts) parts") }
        state = .header
        // The line break is read again: it ends a header without lines.
        return .next(index)
    }

    private mutating func takeHeader(
        _ bytes: UnsafeRawBufferPointer, from position: Int, _ body: (Event) throws(APIFailure) -> Void
    ) throws(APIFailure) -> Step {
        let (index, isWhole) = Self.find(Self.headerEnd, in: bytes, from: position + searched)
        guard index - position <= Self.largestHeaderBytes else { throw Self.malformed("a part's header is too long") }
        searched = isWhole ? 0 : index - position
        guard isWhole else { return .wait(position) }
        guard let text = String(validating: bytes[position..<index], as: UTF8.self) else {
            throw Self.malformed("a part's header is not UTF-8")
        }
        try body(.part(MultipartHeader(text)))
        state = .content
        return .next(index + Self.headerEnd.count)
    }

    /// The index of a pattern; else of its beginning at the end of the bytes; else the end.
    private static func find(
        _ pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> (index: Int, isWhole: Bool) {
        guard let base = bytes.baseAddress else { return (bytes.count, false) }
        var index = start
        while index < bytes.count, let found = memchr(base + index, Int32(pattern[0]), bytes.count - index) {
            index = UnsafeRawPointer(found) - base
            let length = min(pattern.count, bytes.count - index)
            let isEqual = pattern.withUnsafeBytes { pattern in
                pattern.baseAddress.map { memcmp(base + index, $0, length) == 0 } ?? false
            }
            if isEqual { return (index, length == pattern.count) }
            index += 1
        }
        return (bytes.count, false)
    }

    /// The error of a body that violates RFC 7578.
    static func malformed(_ reason: String) -> APIFailure {
        .invalidBody(["Invalid multipart body: \(reason)."], import: .init(code: "invalid-multipart"))
    }
}
