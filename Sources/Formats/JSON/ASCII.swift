/// The bytes of JSON's grammar.
enum ASCII {
    @inline(__always) static var tab: UInt8 { 0x09 }
    @inline(__always) static var lineFeed: UInt8 { 0x0A }
    @inline(__always) static var carriageReturn: UInt8 { 0x0D }
    @inline(__always) static var space: UInt8 { 0x20 }
    @inline(__always) static var quote: UInt8 { 0x22 }
    @inline(__always) static var plus: UInt8 { 0x2B }
    @inline(__always) static var comma: UInt8 { 0x2C }
    @inline(__always) static var minus: UInt8 { 0x2D }
    @inline(__always) static var point: UInt8 { 0x2E }
    @inline(__always) static var slash: UInt8 { 0x2F }
    @inline(__always) static var zero: UInt8 { 0x30 }
    @inline(__always) static var nine: UInt8 { 0x39 }
    @inline(__always) static var colon: UInt8 { 0x3A }
    @inline(__always) static var upperA: UInt8 { 0x41 }
    @inline(__always) static var upperF: UInt8 { 0x46 }
    @inline(__always) static var upperZ: UInt8 { 0x5A }
    @inline(__always) static var openBracket: UInt8 { 0x5B }
    @inline(__always) static var backslash: UInt8 { 0x5C }
    @inline(__always) static var closeBracket: UInt8 { 0x5D }
    @inline(__always) static var a: UInt8 { 0x61 }
    @inline(__always) static var b: UInt8 { 0x62 }
    @inline(__always) static var e: UInt8 { 0x65 }
    @inline(__always) static var f: UInt8 { 0x66 }
    @inline(__always) static var n: UInt8 { 0x6E }
    @inline(__always) static var r: UInt8 { 0x72 }
    @inline(__always) static var t: UInt8 { 0x74 }
    @inline(__always) static var u: UInt8 { 0x75 }
    @inline(__always) static var z: UInt8 { 0x7A }
    @inline(__always) static var openBrace: UInt8 { 0x7B }
    @inline(__always) static var closeBrace: UInt8 { 0x7D }
}

extension UInt8 {
    /// JSON's four white space characters.
    @inline(__always)
    var isJSONWhitespace: Bool {
        self == ASCII.space || self == ASCII.lineFeed || self == ASCII.carriageReturn || self == ASCII.tab
    }

    /// Whether it is one of `0` to `9`.
    @inlinable @inline(__always)
    public var isDigit: Bool { self &- 0x30 < 10 }

    /// Whether it is a letter of ASCII.
    @inlinable @inline(__always)
    public var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// Whether it is white space of ASCII.
    @inlinable @inline(__always)
    public var isSpace: Bool { self == 0x20 || self &- 0x09 < 5 }

    /// The lower-case form of an ASCII letter, and every other byte as it is.
    @inlinable @inline(__always)
    public var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit; nil for other characters.
    @inline(__always)
    var hexadecimalValue: UInt32? {
        switch self {
        case ASCII.zero...ASCII.nine: UInt32(self - ASCII.zero)
        case ASCII.a...ASCII.f: UInt32(self - ASCII.a + 10)
        case ASCII.upperA...ASCII.upperF: UInt32(self - ASCII.upperA + 10)
        default: nil
        }
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
        var index = 0
        while count - index >= 8 {
            if ByteWord.load(self, at: index) & ByteWord.highBits != 0 { return false }
            index += 8
        }
        while index < count {
            if self[index] >= 0x80 { return false }
            index += 1
        }
        return true
    }
}
