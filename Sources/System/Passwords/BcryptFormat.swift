/// bcrypt's text form: `$2b$`, two digits of cost, `$`, 22 characters of salt and 31 of digest.
enum BcryptFormat {
    static let costs = 4...31
    static let saltBytes = 16
    static let digestBytes = 23

    /// The prefix before the digest, with a new random salt.
    static func setting(cost: Int) -> String { random(cost: cost, byteCounts: [saltBytes]) }

    /// The prefix, a random salt, and a random digest that ends in a character with which no digest ends.
    static func randomHash(cost: Int, end: Character) -> String {
        var hash = random(cost: cost, byteCounts: [saltBytes, digestBytes])
        hash.removeLast()
        hash.append(end)
        return hash
    }

    private static func random(cost: Int, byteCounts: [Int]) -> String {
        let total = byteCounts.reduce(0, +)
        return withUnsafeTemporaryAllocation(byteCount: total, alignment: 8) { bytes in
            RandomBytes.shared.fill(bytes)
            // One string: every account without a password gets such a hash.
            return String(unsafeUninitializedCapacity: 7 + 2 * SixBitEncoding.length(ofByteCount: total)) { text in
                let digits = UInt8(ascii: "0") + UInt8(cost % 10)
                var length = text.update(fromContentsOf: "$2b$".utf8)
                for character in [UInt8(ascii: "0") + UInt8(cost / 10), digits, UInt8(ascii: "$")] {
                    text[length] = character
                    length += 1
                }
                var start = 0
                for count in byteCounts {
                    length += SixBitEncoding.bcrypt.write(
                        UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]),
                        to: UnsafeMutableBufferPointer(rebasing: text[length...]))
                    start += count
                }
                return length
            }
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
