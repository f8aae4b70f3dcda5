/// Eight bytes, scanned at once.
///
/// Each mask has the top bit of a byte set where the byte matches. Bits above the lowest set one may be wrong, because
/// the subtraction carries; a scan only needs the lowest.
enum ByteWord {
    @inline(__always) private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @inline(__always) static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    /// The eight bytes from `index` on, in little-endian order.
    @inline(__always)
    static func load(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// A mask of `byte`.
    @inline(__always)
    static func mask(of byte: UInt8, in word: UInt64) -> UInt64 {
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & highBits
    }

    /// A mask of control characters.
    @inline(__always)
    static func controlCharacters(in word: UInt64) -> UInt64 {
        (word &- ones &* UInt64(ASCII.space)) & ~word & highBits
    }

    /// A mask of quotes and backslashes.
    @inline(__always)
    static func quotesAndBackslashes(in word: UInt64) -> UInt64 {
        mask(of: ASCII.quote, in: word) | mask(of: ASCII.backslash, in: word)
    }
}

extension UnsafeRawBufferPointer {
    /// The first quote or backslash from `index` on, or `end`.
    @inline(__always)
    func quoteOrBackslash(from index: Int, to end: Int) -> Int {
        var index = index
        while end - index >= 8 {
            let found = ByteWord.quotesAndBackslashes(in: ByteWord.load(self, at: index))
            if found != 0 { return index + found.trailingZeroBitCount >> 3 }
            index += 8
        }
        while index < end, self[index] != ASCII.quote, self[index] != ASCII.backslash { index += 1 }
        return index
    }

    /// The first line feed from `index` on, or the end.
    func lineFeed(from index: Int) -> Int {
        var index = index
        while count - index >= 8 {
            let found = ByteWord.mask(of: ASCII.lineFeed, in: ByteWord.load(self, at: index))
            if found != 0 { return index + found.trailingZeroBitCount >> 3 }
            index += 8
        }
        while index < count, self[index] != ASCII.lineFeed { index += 1 }
        return index
    }

    /// The bytes between two indexes.
    @inline(__always)
    func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[start..<end])
    }
}
