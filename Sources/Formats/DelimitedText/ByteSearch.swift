internal import Glibc

/// Looking for bytes eight at a time. Bits above the lowest set one may be false, so only the lowest is used.
package enum ByteSearch {
    @inline(__always) private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    @inline(__always) private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    /// A byte to look for, spread over a word.
    @inline(__always)
    static func pattern(_ byte: UInt8) -> UInt64 { ones &* UInt64(byte) }

    @inline(__always)
    private static func places(_ pattern: UInt64, in word: UInt64) -> UInt64 {
        let difference = word ^ pattern
        return (difference &- ones) & ~difference & highBits
    }

    @inline(__always)
    private static func load(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The first delimiter, quote or line break from `index` on, or `end` when there is none before it.
    @inline(__always)
    static func fieldEnd(
        _ bytes: UnsafeRawBufferPointer, from index: Int, to end: Int, delimiter: UInt8
    ) -> Int {
        var index = index
        let wanted = pattern(delimiter)
        while end - index >= 8 {
            let word = load(bytes, at: index)
            let found =
                places(wanted, in: word) | places(pattern(0x0A), in: word) | places(pattern(0x0D), in: word)
                | places(pattern(0x22), in: word)
            if found != 0 { return index + found.trailingZeroBitCount >> 3 }
            index += 8
        }
        while index < end {
            let byte = bytes[index]
            if byte == delimiter || byte == 0x0A || byte == 0x0D || byte == 0x22 { break }
            index += 1
        }
        return index
    }

    /// The first byte from `index` on that is not ASCII, or `end`.
    @inline(__always)
    static func nonASCII(_ bytes: UnsafeRawBufferPointer, from index: Int, to end: Int) -> Int {
        var index = index
        while end - index >= 8 {
            let found = load(bytes, at: index) & highBits
            if found != 0 { return index + found.trailingZeroBitCount >> 3 }
            index += 8
        }
        while index < end, bytes[index] < 0x80 { index += 1 }
        return index
    }

    /// The first `byte` from `index` on, or `end`.
    @inline(__always)
    package static func first(_ byte: UInt8, _ bytes: UnsafeRawBufferPointer, from index: Int, to end: Int) -> Int {
        guard index < end, let base = bytes.baseAddress, let found = memchr(base + index, Int32(byte), end - index)
        else { return end }
        return UnsafeRawPointer(found) - base
    }

    /// The first line break from `index` on, or `end`.
    static func lineBreak(_ bytes: UnsafeRawBufferPointer, from index: Int, to end: Int) -> Int {
        let lineFeed = first(0x0A, bytes, from: index, to: end)
        return first(0x0D, bytes, from: index, to: lineFeed)
    }

    /// How many line breaks there are; CR LF is one.
    static func lineBreaks(_ bytes: UnsafeRawBufferPointer, from index: Int, to end: Int) -> Int {
        var count = 0
        var index = lineBreak(bytes, from: index, to: end)
        while index < end {
            count += 1
            index += bytes[index] == 0x0D && index + 1 < end && bytes[index + 1] == 0x0A ? 2 : 1
            index = lineBreak(bytes, from: index, to: end)
        }
        return count
    }
}
