/// Turns the bytes of a text into UTF-8 that is always valid, without byte order mark and NUL.
///
/// A class, so that its owner may change itself while it handles what comes out.
final class TextDecoding {
    /// What a text is taken for that is neither marked nor UTF-8.
    enum Expectation {
        /// UTF-8 all the same, with U+FFFD for what is not.
        case utf8
        /// Windows-1252.
        case anyText
    }

    /// How many bytes are looked at before the encoding is decided, whatever the chunks.
    static let windowBytes = 1 << 16

    private let expectation: Expectation
    private var window: [UInt8] = []
    private var hasDecided = false
    /// The begin of a character whose other bytes have not arrived.
    var carry: [UInt8] = []
    var output: [UInt8] = []

    /// How the text is encoded; nil as long as everything was ASCII.
    var encoding: TextEncoding?
    /// Whether bytes were replaced with U+FFFD.
    var hasReplacements = false
    /// How many NUL characters were removed.
    var removedNULs = 0
    /// Whether there has been no byte.
    private(set) var isEmpty = true

    init(expected expectation: Expectation, encoding: TextEncoding? = nil) {
        self.expectation = expectation
        self.encoding = encoding
    }

    /// Takes the next bytes.
    func receive(_ chunk: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        guard !chunk.isEmpty else { return }
        isEmpty = false
        guard !hasDecided else { return try decode(chunk, from: 0, body) }
        if window.isEmpty, chunk.count >= Self.windowBytes {
            return try decode(chunk, from: decide(UnsafeRawBufferPointer(rebasing: chunk[..<Self.windowBytes])), body)
        }
        let taken = min(chunk.count, Self.windowBytes - window.count)
        window.append(contentsOf: chunk[..<taken])
        guard window.count == Self.windowBytes else { return }
        try decodeWindow(body)
        try decode(chunk, from: taken, body)
    }

    /// Says that the text has arrived as a whole.
    func finish(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        if !hasDecided { try decodeWindow(body) }
        guard !carry.isEmpty else { return }
        output.removeAll(keepingCapacity: true)
        if encoding == nil { decideLate(.invalid(length: 1)) }
        if encoding == .windows1252 { carry.forEach { appendWindows1252($0) } } else { appendReplacement() }
        carry.removeAll()
        try output.withUnsafeBytes(body)
    }

    /// Decides on the encoding when a text that was ASCII so far goes on with something else.
    func decideLate(_ sequence: UTF8Sequence) {
        if case .character = sequence {
            encoding = .utf8
        } else {
            encoding = expectation == .utf8 ? .utf8 : .windows1252
        }
    }

    private func decodeWindow(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let bytes = window
        window = []
        try bytes.withUnsafeBytes { try decode($0, from: decide($0), body) }
    }

    private func decode(
        _ chunk: UnsafeRawBufferPointer, from start: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        switch encoding {
        case nil, .utf8: try decodeUTF8(chunk, from: start, body)
        case .windows1252: try decodeWindows1252(chunk, from: start, body)
        case .utf16LittleEndian, .utf16BigEndian: try decodeUTF16(chunk, from: start, body)
        }
    }

    /// Decides on the encoding from the first bytes.
    ///
    /// - Returns: how many of them are a byte order mark.
    private func decide(_ start: UnsafeRawBufferPointer) -> Int {
        hasDecided = true
        let marked: (TextEncoding, Int)? =
            if start.starts(with: [0xEF, 0xBB, 0xBF]) { (.utf8, 3) } else if start.starts(with: [0xFF, 0xFE]) {
                (.utf16LittleEndian, 2)
            } else if start.starts(with: [0xFE, 0xFF]) { (.utf16BigEndian, 2) } else { nil }
        if let marked {
            encoding = marked.0
            return marked.1
        }
        guard encoding == nil else { return 0 }
        encoding = start.unmarkedUTF16
        guard encoding == nil else { return 0 }
        let (characters, invalid) = start.countUTF8()
        // Undecided if all is ASCII; a text with more right characters than wrong bytes is damaged UTF-8.
        if characters + invalid > 0 {
            encoding = expectation == .utf8 || characters > invalid || invalid == 0 ? .utf8 : .windows1252
        }
        return 0
    }
}

extension UnsafeRawBufferPointer {
    /// The byte order of UTF-16 without a mark, which shows by zero bytes in every second place.
    fileprivate var unmarkedUTF16: TextEncoding? {
        let pairs = count / 2
        guard pairs > 0, contains(0) else { return nil }
        var zeros = (even: 0, odd: 0)
        for pair in 0..<pairs {
            if self[pair * 2] == 0 { zeros.even += 1 }
            if self[pair * 2 + 1] == 0 { zeros.odd += 1 }
        }
        if zeros.odd * 3 > pairs, zeros.even * 50 < pairs { return .utf16LittleEndian }
        if zeros.even * 3 > pairs, zeros.odd * 50 < pairs { return .utf16BigEndian }
        return nil
    }

    /// How many characters beyond ASCII there are as UTF-8, and how many bytes that are not UTF-8.
    fileprivate func countUTF8() -> (characters: Int, invalid: Int) {
        var characters = 0
        var invalid = 0
        var index = ByteSearch.nonASCII(self, from: 0, to: count)
        while index < count {
            switch UTF8Sequence(self, at: index, to: count) {
            case .character(let length):
                characters += 1
                index += length
            case .invalid(let length):
                invalid += 1
                index += length
            case .incomplete: return (characters, invalid)
            }
            index = ByteSearch.nonASCII(self, from: index, to: count)
        }
        return (characters, invalid)
    }
}
