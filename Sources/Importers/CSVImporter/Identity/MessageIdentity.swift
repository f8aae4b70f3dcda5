internal import SHA256

/// The lasting identity of a message that its source gives none.
///
/// The scheme is a contract: another one would double every message at the next import of the same file.
/// Source: docs/importers/csv.md, "Message identities".
struct MessageIdentity {
    private var input: [UInt8] = []

    /// The digest of a message that is the first of its kind.
    struct Digest: Equatable {
        fileprivate let words: SIMD8<UInt32>

        /// Enough of it to find rows of the same content.
        var key: UInt64 { UInt64(words[0]) << 32 | UInt64(words[1]) }

        /// `csv-` and the first 130 bits in base 32.
        ///
        /// Source: RFC 4648, section 6, in lower case and without padding.
        var id: String {
            String(unsafeUninitializedCapacity: 30) { target in
                target[0] = UInt8(ascii: "c")
                target[1] = UInt8(ascii: "s")
                target[2] = UInt8(ascii: "v")
                target[3] = UInt8(ascii: "-")
                var pending: UInt64 = 0
                var bits = 0
                var word = 0
                for place in 4..<30 {
                    if bits < 5 {
                        pending = pending << 32 | UInt64(words[word])
                        word += 1
                        bits += 32
                    }
                    bits -= 5
                    let value = UInt8(truncatingIfNeeded: pending >> UInt64(bits)) & 31
                    target[place] = value < 26 ? UInt8(ascii: "a") + value : UInt8(ascii: "2") + value - 26
                }
                return 30
            }
        }
    }

    /// The digest of a row.
    ///
    /// - Parameter ordinal: how many rows of the same content came before it.
    mutating func digest(
        room: String, author: String, milliseconds: Int64, text: UnsafeRawBufferPointer, ordinal: Int
    ) -> Digest {
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: room.utf8)
        input.append(0)
        input.append(contentsOf: author.utf8)
        input.append(0)
        append(decimal: milliseconds)
        input.append(0)
        input.append(contentsOf: text)
        input.append(0)
        append(decimal: Int64(ordinal))
        return Digest(words: input.withUnsafeBytes { SHA256Digest.words(of: $0) })
    }

    /// The digest of anything else that has fields and no identity.
    mutating func digest(of fields: [String], ordinal: Int) -> Digest {
        input.removeAll(keepingCapacity: true)
        for field in fields {
            input.append(contentsOf: field.utf8)
            input.append(0)
        }
        append(decimal: Int64(ordinal))
        return Digest(words: input.withUnsafeBytes { SHA256Digest.words(of: $0) })
    }

    private mutating func append(decimal value: Int64) {
        if value < 0 { input.append(UInt8(ascii: "-")) }
        let start = input.count
        var rest = value.magnitude
        repeat {
            input.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        input[start...].reverse()
    }
}
