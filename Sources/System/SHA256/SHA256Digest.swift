/// SHA-256, for passwords from clients, stored login tokens, and identities of messages without one.
///
/// Implemented here because the C library's crypt does not export it, and a cryptography library would add minutes to
/// the build.
///
/// Source: FIPS 180-4.
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
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            var state = SHA256State()
            let wholeBytes = message.count & ~63
            for start in stride(from: 0, to: wholeBytes, by: 64) {
                state.absorb(UnsafeRawBufferPointer(rebasing: message[start..<start + 64]), schedule: schedule)
            }
            absorbEnd(of: message, from: wholeBytes, into: &state, schedule: schedule)
            return state.words
        }
    }

    private static func withBytes<Result>(of text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    /// The last bytes, a one bit, zeros and the length in bits: one block, or two where nine bytes more do not fit.
    private static func absorbEnd(
        of message: UnsafeRawBufferPointer, from start: Int, into state: inout SHA256State,
        schedule: UnsafeMutableBufferPointer<UInt32>
    ) {
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { end in
            let rest = UnsafeRawBufferPointer(rebasing: message[start...])
            let endBytes = rest.count < 56 ? 64 : 128
            _ = end.initializeMemory(as: UInt8.self, repeating: 0)
            end.copyMemory(from: rest)
            end[rest.count] = 0x80
            end.storeBytes(of: UInt64(message.count * 8).bigEndian, toByteOffset: endBytes - 8, as: UInt64.self)
            for offset in stride(from: 0, to: endBytes, by: 64) {
                state.absorb(UnsafeRawBufferPointer(rebasing: end[offset..<offset + 64]), schedule: schedule)
            }
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
