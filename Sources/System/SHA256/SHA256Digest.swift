internal import CCrypto

/// SHA-256: the form in which clients send passwords, in which login tokens are stored, and from which messages
/// without an identity of their own get one.
public enum SHA256Digest {
    /// The digest as 64 lower-case hexadecimal digits.
    ///
    /// - Parameter text: hashed as UTF-8.
    public static func hexadecimal(of text: String) -> String {
        var text = text
        return text.withUTF8 { hexadecimal(words(of: UnsafeRawBufferPointer($0))) }
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public static func hexadecimal(of bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { hexadecimal(words(of: $0)) }
    }

    /// The digest as its eight words, the first one first.
    ///
    /// - Parameter message: the bytes to hash.
    public static func words(of message: UnsafeRawBufferPointer) -> SIMD8<UInt32> {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 4) { digest in
            let bytes = digest.bindMemory(to: UInt8.self)
            // The address of no bytes may be nil, which libcrypto takes for a mistake.
            withUnsafePointer(to: 0 as UInt8) { none in
                _ = CCrypto.SHA256(
                    message.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? none, message.count, bytes.baseAddress)
            }
            var words = SIMD8<UInt32>()
            for index in 0..<8 {
                words[index] = UInt32(bigEndian: digest.load(fromByteOffset: 4 * index, as: UInt32.self))
            }
            return words
        }
    }

    private static func hexadecimal(_ words: SIMD8<UInt32>) -> String {
        String(unsafeUninitializedCapacity: 64) { text in
            for index in 0..<64 {
                let nibble = UInt8(truncatingIfNeeded: words[index / 8] >> UInt32(28 - 4 * (index % 8))) & 15
                text[index] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble
            }
            return 64
        }
    }
}
