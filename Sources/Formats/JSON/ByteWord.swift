/// Eight bytes looked at in one step.
///
/// Each mask has the top bit of a byte set where the byte is one that is looked for. Bits above the lowest set one may
/// be false (the subtraction carries into them), so only the lowest may be trusted; that is all a scan needs.
enum ByteWord {
    @inline(__always) private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @inline(__always) static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    /// The eight bytes from `index` on, the first in the lowest place on every machine.
    @inline(__always)
    static func load(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// Where the word has `byte`.
    @inline(__always)
    static func places(of byte: UInt8, in word: UInt64) -> UInt64 {
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & highBits
    }

    /// Where the word has a control character.
    @inline(__always)
    static func controlCharacters(in word: UInt64) -> UInt64 {
        (word &- ones &* UInt64(ASCII.space)) & ~word & highBits
    }

    /// Where the word has a quote or a backslash.
    @inline(__always)
    static func quotesAndBackslashes(in word: UInt64) -> UInt64 {
        places(of: ASCII.quote, in: word) | places(of: ASCII.backslash, in: word)
    }
}

extension UnsafeRawBufferPointer {
    /// The first quote or backslash from `index` on, or `end` when there is none before it.
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

    /// The first line feed from `index` on, or the end when there is none.
    func lineFeed(from index: Int) -> Int {
        var index = index
        while count - index >= 8 {
            let found = ByteWord.places(of: ASCII.lineFeed, in: ByteWord.load(self, at: index))
            if found != 0 { return index + found.trailingZeroBitCount >> 3 }
            index += 8
        }
        while index < count, self[index] != ASCII.lineFeed { index += 1 }
        return index
    }

    /// The part between two places.
    @inline(__always)
    func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[start..<end])
    }
}
