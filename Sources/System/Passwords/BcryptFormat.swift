internal import Glibc

/// bcrypt's text form: `$2b$`, two digits of cost, `$`, 22 characters of salt and 31 of digest.
enum BcryptFormat {
    static let costs = 4...31
    static let saltBytes = 16
    static let digestBytes = 23

    /// The prefix before the digest, with a new random salt.
    static func setting(cost: Int) -> String {
        "$2b$\(cost < 10 ? "0" : "")\(cost)$\(randomText(byteCount: saltBytes))"
    }

    /// Random bytes in bcrypt's alphabet.
    static func randomText(byteCount: Int) -> String {
        withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { bytes in
            // One system call: Swift's generator makes one per eight bytes.
            let status = getentropy(bytes.baseAddress, byteCount)
            precondition(status == 0, "the system's random source is always there, and gives up to 256 bytes")
            return SixBitEncoding.bcrypt.text(of: UnsafeRawBufferPointer(bytes))
        }
    }

    /// Whether a stored hash is bcrypt: the C library would accept weaker schemes too.
    ///
    /// Other libraries write `$2a$` and `$2y$` for the same computation; `$2x$` marks a broken one.
    static func isWellFormed(_ hash: String) -> Bool {
        let bytes = Array(hash.utf8)
        guard bytes.count == 60,
            ["$2a$", "$2b$", "$2y$"].contains(where: hash.hasPrefix),
            let cost = Int(String(decoding: bytes[4..<6], as: UTF8.self)), costs.contains(cost),
            bytes[6] == UInt8(ascii: "$")
        else { return false }
        return bytes[7...].allSatisfy(SixBitEncoding.bcrypt.contains)
    }
}
