/// Encodes bytes with six bits per character, highest bits first: base64, and bcrypt's variant.
struct SixBitEncoding: Sendable {
    /// The standard alphabet. Source: RFC 4648, section 4.
    static let base64 = SixBitEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    /// The alphabet of bcrypt's salts and digests.
    static let bcrypt = SixBitEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    private let characters: [UInt8]

    private init(_ characters: String) {
        self.characters = Array(characters.utf8)
    }

    /// The encoded bytes; spare bits of the last character are zero, as both decoders expect.
    ///
    /// - Parameter isPadded: whether "=" fills the last group of four characters.
    func text(of bytes: UnsafeRawBufferPointer, isPadded: Bool = false) -> String {
        String(unsafeUninitializedCapacity: Self.length(ofByteCount: bytes.count) + 3) { text in
            write(bytes, to: text, isPadded: isPadded)
        }
    }

    /// How many characters bytes have, without padding.
    static func length(ofByteCount count: Int) -> Int { (count * 8 + 5) / 6 }

    /// Writes the encoded bytes to the start of `text`.
    ///
    /// - Returns: the number of written characters.
    @discardableResult
    func write(
        _ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableBufferPointer<UInt8>, isPadded: Bool = false
    ) -> Int {
        var pending: UInt32 = 0
        var pendingBits: UInt32 = 0
        var length = 0
        func append(_ sixBits: UInt32) {
            text[length] = characters[Int(sixBits & 63)]
            length += 1
        }

        for byte in bytes {
            pending = pending &<< 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 6 {
                pendingBits -= 6
                append(pending &>> pendingBits)
            }
        }
        if pendingBits > 0 { append(pending &<< (6 - pendingBits)) }
        while isPadded, length % 4 != 0 {
            text[length] = UInt8(ascii: "=")
            length += 1
        }
        return length
    }

    /// Whether this is one of the alphabet's characters.
    func contains(_ character: UInt8) -> Bool {
        characters.contains(character)
    }
}
