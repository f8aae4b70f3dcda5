internal import CCrypto

/// SHA-256, from the system's libcrypto: the form in which clients send passwords, in which login tokens are stored, and
/// from which messages without an identity of their own get one.
public enum SHA256Digest {
    /// The digest as 64 lower-case hexadecimal digits.
    ///
    /// - Parameter text: hashed as UTF-8.
    public static func hexadecimal(of text: String) -> String {
        withBytes(of: text) { hexadecimal(words(of: $0)) }
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public static func hexadecimal(of bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { hexadecimal(words(of: $0)) }
    }

    /// The digest as its eight words, in order.
    ///
    /// - Parameter message: the bytes to hash.
    public static func words(of message: UnsafeRawBufferPointer) -> SIMD8<UInt32> {
        words { ferry_sha256(message.baseAddress, message.count, $0) }
    }

    /// - Parameter write: writes the 32 bytes of a digest; returns 1 if it could.
    static func words(_ write: (UnsafeMutablePointer<UInt8>?) -> Int32) -> SIMD8<UInt32> {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digest in
            let isDone = write(digest.baseAddress)
            precondition(isDone == 1, "the system's libcrypto has SHA-256")
            var words = SIMD8<UInt32>()
            for index in 0..<8 {
                words[index] = digest[4 * index..<4 * index + 4].reduce(0) { $0 << 8 | UInt32($1) }
            }
            return words
        }
    }

    private static func withBytes<Result>(of text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    static func hexadecimal(_ words: SIMD8<UInt32>) -> String {
        String(unsafeUninitializedCapacity: 64) { text in
            for index in 0..<64 {
                let nibble = UInt8(truncatingIfNeeded: words[index / 8] >> UInt32(28 - 4 * (index % 8))) & 15
                text[index] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble
            }
            return 64
        }
    }
}
