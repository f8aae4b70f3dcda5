/// Collects the content of a `data:` URL and decodes base64.
struct DataURIOutput {
    let limitBytes: Int
    let isBase64: Bool
    private var bytes: [UInt8] = []
    private var bits: UInt32 = 0
    private var digits = 0
    private var padding = 0

    init(limitBytes: Int, isBase64: Bool) {
        self.limitBytes = limitBytes
        self.isBase64 = isBase64
    }

    /// Appends one character, after unescaping.
    mutating func append(_ byte: UInt8, at offset: Int) throws(DataURI.Failure) {
        guard isBase64 else { return try keep(byte) }
        // Some programs wrap long URLs.
        if [0x20, 0x09, 0x0a, 0x0d].contains(byte) { return }
        if byte == UInt8(ascii: "=") {
            padding += 1
            guard digits % 4 >= 2, padding <= 4 - digits % 4 else { throw .malformed(offset: offset) }
            return
        }
        guard padding == 0, let value = Self.value(byte) else { throw .malformed(offset: offset) }
        bits = bits << 6 | value
        digits += 1
        guard digits.isMultiple(of: 4) else { return }
        try keep(UInt8(truncatingIfNeeded: bits >> 16))
        try keep(UInt8(truncatingIfNeeded: bits >> 8))
        try keep(UInt8(truncatingIfNeeded: bits))
    }

    /// The content, after all characters.
    mutating func finish(at offset: Int) throws(DataURI.Failure) -> [UInt8] {
        guard isBase64 else { return bytes }
        switch digits % 4 {
        case 1: throw .malformed(offset: offset)
        case 2: try keep(UInt8(truncatingIfNeeded: bits >> 4))
        case 3:
            try keep(UInt8(truncatingIfNeeded: bits >> 10))
            try keep(UInt8(truncatingIfNeeded: bits >> 2))
        default: break
        }
        return bytes
    }

    private mutating func keep(_ byte: UInt8) throws(DataURI.Failure) {
        guard bytes.count < limitBytes else { throw .tooLarge(limitBytes: limitBytes) }
        bytes.append(byte)
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
