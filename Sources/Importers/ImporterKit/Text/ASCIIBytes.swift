extension UInt8 {
    /// Whether it is one of `0` to `9`.
    @inlinable public var isDigit: Bool { self &- 0x30 < 10 }

    /// Whether it is white space of ASCII.
    @inlinable public var isSpace: Bool { self == 0x20 || self &- 0x09 < 5 }

    /// The lower-case form of an ASCII letter, and every other byte as it is.
    @inlinable public var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// Whether it belongs to a word: a letter, a digit, `_`, or a part of any character beyond ASCII.
    @inlinable public var isInWord: Bool {
        self >= 0x80 || lowercased &- 0x61 < 26 || isDigit || self == 0x5F
    }
}

extension UnsafeRawBufferPointer {
    /// The part without ASCII white space at its ends.
    public init(trimming bytes: UnsafeRawBufferPointer) {
        var start = 0
        var end = bytes.count
        while start < end, bytes[start].isSpace { start += 1 }
        while end > start, bytes[end - 1].isSpace { end -= 1 }
        self.init(rebasing: bytes[start..<end])
    }

    /// Whether no byte is beyond ASCII.
    public var isASCII: Bool {
        var place = 0
        while place + 8 <= count {
            if loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            place += 8
        }
        while place < count {
            if self[place] >= 0x80 { return false }
            place += 1
        }
        return true
    }
}
