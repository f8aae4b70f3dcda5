/// Turns the bytes of a text into UTF-8 that is always valid, without byte order mark and, unless they are kept, NUL.
///
/// A class, so that its owner may change itself while it handles what comes out.
package final class TextDecoding {
    /// What a text is taken for that is neither marked nor UTF-8.
    package enum Expectation {
        /// UTF-8 all the same, with U+FFFD for what is not.
        case utf8
        /// Windows-1252.
        case anyText
    }

    /// How many bytes are looked at before the encoding is decided, whatever the chunks.
    package static let windowBytes = 1 << 16

    private let expectation: Expectation
    private let keepsNULs: Bool
    private var window: [UInt8] = []
    private var hasDecided = false
    /// The begin of a character whose other bytes have not arrived.
    private var carry: [UInt8] = []
    private var output: [UInt8] = []

    /// How the text is encoded; nil as long as everything was ASCII.
    package private(set) var encoding: TextEncoding?
    /// Whether bytes were replaced with U+FFFD.
    package private(set) var hasReplacements = false
    /// How many NUL characters were removed.
    package private(set) var removedNULs = 0
    /// Whether there has been no byte.
    package private(set) var isEmpty = true

    /// - Parameter keepsNULs: whether NUL characters stay in the text.
    package init(expected expectation: Expectation, encoding: TextEncoding? = nil, keepsNULs: Bool = false) {
        self.expectation = expectation
        self.keepsNULs = keepsNULs
        self.encoding = encoding
    }

    /// Takes the next bytes.
    package func receive(_ chunk: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
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
    package func finish(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        if !hasDecided { try decodeWindow(body) }
        guard !carry.isEmpty else { return }
        output.removeAll(keepingCapacity: true)
        if encoding == nil { decideLate(.invalid(length: 1)) }
        if encoding == .windows1252 { carry.forEach { appendWindows1252($0) } } else { appendReplacement() }
        carry.removeAll()
        try output.withUnsafeBytes(body)
    }

    /// Decides on the encoding when a text that was ASCII so far continues with something else.
    private func decideLate(_ sequence: UTF8Sequence) {
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

    // MARK: Others

    /// The characters of the bytes 0x80 to 0x9F; those that the code page leaves free are control characters.
    ///
    /// Source: the WHATWG Encoding Standard, index windows-1252.
    private static let upperControls: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]

    /// Hands on text of Windows-1252.
    private func decodeWindows1252(
        _ chunk: UnsafeRawBufferPointer, from start: Int, keepingOutput: Bool = false,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        if !keepingOutput { output.removeAll(keepingCapacity: true) }
        for index in start..<chunk.count { appendWindows1252(chunk[index]) }
        try output.withUnsafeBytes(body)
    }

    /// Writes the character of one byte.
    private func appendWindows1252(_ byte: UInt8) {
        switch byte {
        case 0 where !keepsNULs: removedNULs += 1
        case 0..<0x80: output.append(byte)
        case 0x80..<0xA0: append(UInt32(Self.upperControls[Int(byte - 0x80)]))
        default: append(UInt32(byte))
        }
    }

    /// Hands on text of UTF-16.
    private func decodeUTF16(
        _ chunk: UnsafeRawBufferPointer, from start: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        output.removeAll(keepingCapacity: true)
        let bytes = carry + chunk[start...]
        carry.removeAll()
        var index = 0
        while index + 1 < bytes.count {
            let unit = unit(bytes, index)
            if unit & 0xFC00 == 0xD800 {
                guard index + 3 < bytes.count else { break }
                let low = self.unit(bytes, index + 2)
                if low & 0xFC00 == 0xDC00 {
                    append(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF)
                    index += 4
                    continue
                }
            }
            append(unit)
            index += 2
        }
        carry = Array(bytes[index...])
        try output.withUnsafeBytes(body)
    }

    private func unit(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        encoding == .utf16LittleEndian
            ? UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
            : UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
    }

    /// Writes a character by its number.
    private func append(_ number: UInt32) {
        switch number {
        case 0 where !keepsNULs: removedNULs += 1
        case 0..<0x80: output.append(UInt8(number))
        default:
            if let scalar = Unicode.Scalar(number) {
                output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                appendReplacement()
            }
        }
    }

    // MARK: UTF8

    /// Hands on UTF-8, uncopied where nothing is to be mended.
    private func decodeUTF8(
        _ chunk: UnsafeRawBufferPointer, from start: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        output.removeAll(keepingCapacity: true)
        var index = completeCarry(chunk, from: start)
        if encoding == .windows1252 { return try decodeWindows1252(chunk, from: index, keepingOutput: true, body) }
        if !output.isEmpty {
            try output.withUnsafeBytes(body)
            output.removeAll(keepingCapacity: true)
        }
        let end = chunk.count
        var runStart = index
        // Text up to here has no NUL.
        var checked = index
        while index < end {
            index = ByteSearch.nonASCII(chunk, from: index, to: end)
            removeNULs(chunk, &runStart, from: &checked, to: index)
            guard index < end else { break }
            let sequence = UTF8Sequence(chunk, at: index, to: end)
            if sequence == .incomplete { break }
            if encoding == nil {
                decideLate(sequence)
                if encoding == .windows1252 {
                    output.append(contentsOf: chunk[runStart..<index])
                    return try decodeWindows1252(chunk, from: index, keepingOutput: true, body)
                }
            }
            switch sequence {
            case .character(let length): index += length
            case .invalid(let length):
                output.append(contentsOf: chunk[runStart..<index])
                appendReplacement()
                index += length
                runStart = index
            case .incomplete: break
            }
            checked = index
        }
        carry.append(contentsOf: chunk[index..<end])
        if output.isEmpty {
            if runStart < index { try body(UnsafeRawBufferPointer(rebasing: chunk[runStart..<index])) }
        } else {
            output.append(contentsOf: chunk[runStart..<index])
            try output.withUnsafeBytes(body)
        }
    }

    /// Writes U+FFFD.
    private func appendReplacement() {
        hasReplacements = true
        output.append(contentsOf: [0xEF, 0xBF, 0xBD])
    }

    private func removeNULs(
        _ chunk: UnsafeRawBufferPointer, _ runStart: inout Int, from checked: inout Int, to end: Int
    ) {
        guard !keepsNULs else { return }
        while checked < end {
            let place = ByteSearch.first(0, chunk, from: checked, to: end)
            if place < end {
                removedNULs += 1
                output.append(contentsOf: chunk[runStart..<place])
                runStart = place + 1
            }
            checked = min(end, place + 1)
        }
    }

    /// Adds the bytes that a character lacks whose begin an earlier chunk had.
    ///
    /// - Returns: where the chunk continues.
    private func completeCarry(_ chunk: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while !carry.isEmpty, index < chunk.count {
            carry.append(chunk[index])
            index += 1
            let sequence = carry.withUnsafeBytes { UTF8Sequence($0, at: 0, to: $0.count) }
            if sequence == .incomplete { continue }
            if encoding == nil { decideLate(sequence) }
            switch sequence {
            case .character: output.append(contentsOf: carry)
            case .invalid(let length):
                // Only the byte that was added can be invalid; it is looked at again.
                index -= carry.count - length
                if encoding == .windows1252 {
                    carry.prefix(length).forEach { appendWindows1252($0) }
                } else {
                    appendReplacement()
                }
            case .incomplete: break
            }
            carry.removeAll()
        }
        return index
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
