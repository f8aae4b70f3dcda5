/// A fixed set of keys, looked up by their bytes without creating strings.
public struct JSONKeys: Sendable {
    /// The bytes of all keys, one after the other.
    private var bytes: [UInt8] = []
    /// The range of each key in `bytes`.
    private var ranges: [Range<Int>] = []
    /// A hash table of key numbers, or -1; at most half full, so that probing is short.
    private var slots: [Int16]

    /// A set of keys; `JSONReader.nextKey(among:)` returns their indexes in `keys`.
    ///
    /// - Parameter keys: at most 1000 keys, each once.
    public init(_ keys: [String]) {
        precondition(keys.count <= 1000, "a set of keys is small")
        var capacity = 8
        while capacity < keys.count * 4 { capacity *= 2 }
        slots = Array(repeating: -1, count: capacity)
        for (number, key) in keys.enumerated() {
            let start = bytes.count
            bytes.append(contentsOf: key.utf8)
            ranges.append(start..<bytes.count)
            let hash = bytes.withUnsafeBytes { Self.hash(of: $0, from: start, to: bytes.count) }
            var slot = hash & (capacity - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = Int16(number)
        }
    }

    /// The index of the key at `span`; nil if it is not in the set.
    @inline(__always)
    func index(of span: StringSpan, in text: UnsafeRawBufferPointer) -> Int? {
        if span.hasEscapes { return index(ofEscaped: span, in: text) }
        return index(from: span.start, to: span.end, in: text)
    }

    private func index(ofEscaped span: StringSpan, in text: UnsafeRawBufferPointer) -> Int? {
        var key = span.decoded(in: text)
        return key.withUTF8 { index(from: 0, to: $0.count, in: UnsafeRawBufferPointer($0)) }
    }

    private func index(from start: Int, to end: Int, in text: UnsafeRawBufferPointer) -> Int? {
        let mask = slots.count - 1
        var slot = Self.hash(of: text, from: start, to: end) & mask
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if isKey(number, from: start, to: end, in: text) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    @inline(__always)
    private func isKey(_ number: Int, from start: Int, to end: Int, in text: UnsafeRawBufferPointer) -> Bool {
        let range = ranges[number]
        guard range.count == end - start else { return false }
        for offset in 0..<range.count where bytes[range.lowerBound + offset] != text[start + offset] { return false }
        return true
    }

    /// Hashes length, beginning, middle and end, which suffices for field names.
    @inline(__always)
    private static func hash(of text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        guard end > start else { return 0 }
        let ends = Int(text[start]) &* 31 &+ Int(text[end - 1]) &* 7 &+ Int(text[(start + end) >> 1]) &* 131
        let mixed = (ends &+ (end - start) &* 1009) &* 0x9E37_79B1
        return (mixed >> 12) & 0xFFFF_FFFF
    }
}

extension JSONReader {
    /// Advances to the next field whose key is in `keys`; other fields are validated and skipped.
    ///
    /// - Parameter keys: the requested keys.
    /// - Returns: the key's index in `keys`, or nil at the end of the object.
    /// - Throws: the errors of `nextKey` and `skipValue`.
    public mutating func nextKey(among keys: JSONKeys) throws(JSONError) -> Int? {
        while let span = try nextKeySpan() {
            if let index = keys.index(of: span, in: bytes) { return index }
        }
        return nil
    }
}
