/// Detects duplicate keys of open objects.
///
/// Most objects have 10 to 20 keys, which are compared by fingerprint without creating strings. An object beyond
/// `smallCount` uses a set with seeded hashing, so that no text makes the check quadratic.
struct DuplicateKeyDetector {
    private struct Entry {
        let fingerprint: UInt64
        let span: StringSpan
    }

    /// The initial capacity: growing step by step would cost more than the check.
    private static let usualCount = 20
    private static let smallCount = 32

    /// The keys of all open objects, the innermost last.
    private var entries: [Entry] = []
    /// The keys of large objects, by the start of their entries.
    private var largeObjects: [Int: Set<ExactKey>] = [:]

    /// The start of the entries of an object that opens now.
    @inline(__always)
    var count: Int { entries.count }

    /// Adds a key to the innermost object.
    ///
    /// - Parameters:
    ///   - span: the key.
    ///   - start: the start of the object's entries.
    ///   - bytes: the text.
    /// - Returns: false for a duplicate key.
    @inline(__always)
    mutating func insert(_ span: StringSpan, from start: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
        let size = entries.count - start
        if size >= Self.smallCount { return insertIntoSet(span, from: start, in: bytes) }
        let fingerprint = Self.fingerprint(of: span, in: bytes)
        for index in start..<entries.count where entries[index].fingerprint == fingerprint {
            if Self.areEqual(entries[index].span, span, in: bytes) { return false }
        }
        if entries.capacity == 0 { entries.reserveCapacity(Self.usualCount) }
        entries.append(Entry(fingerprint: fingerprint, span: span))
        return true
    }

    /// Removes the keys of the innermost object.
    @inline(__always)
    mutating func closeObject(from start: Int) {
        if entries.count - start >= Self.smallCount { largeObjects[start] = nil }
        entries.removeLast(entries.count - start)
    }

    private mutating func insertIntoSet(
        _ span: StringSpan, from start: Int, in bytes: UnsafeRawBufferPointer
    ) -> Bool {
        if largeObjects[start] == nil {
            largeObjects[start] = Set(entries[start...].map { ExactKey($0.span.decoded(in: bytes)) })
        }
        return largeObjects[start, default: []].insert(ExactKey(span.decoded(in: bytes))).inserted
    }

    /// Equal for equal keys, regardless of escapes. It may be weak: equal fingerprints lead to a comparison, and there
    /// are at most `smallCount` of them.
    @inline(__always)
    private static func fingerprint(of span: StringSpan, in bytes: UnsafeRawBufferPointer) -> UInt64 {
        if !span.hasEscapes { return fingerprint(of: bytes, from: span.start, to: span.end) }
        var decoded = span.decoded(in: bytes)
        return decoded.withUTF8 {
            let decoded = UnsafeRawBufferPointer($0)
            return fingerprint(of: decoded, from: 0, to: decoded.count)
        }
    }

    @inline(__always)
    private static func fingerprint(of bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> UInt64 {
        var result = UInt64(end - start)
        var index = start
        while end - index >= 8 {
            result = mixed(result, ByteWord.load(bytes, at: index))
            index += 8
        }
        guard index < end else { return result }
        var rest: UInt64 = 0
        if bytes.count - index >= 8 {
            rest = ByteWord.load(bytes, at: index) & (1 &<< UInt64((end - index) * 8) &- 1)
        } else {
            for place in index..<end { rest |= UInt64(bytes[place]) &<< UInt64((place - index) * 8) }
        }
        return mixed(result, rest)
    }

    @inline(__always)
    private static func mixed(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
        return product ^ (product >> 32)
    }

    private static func areEqual(_ first: StringSpan, _ second: StringSpan, in bytes: UnsafeRawBufferPointer) -> Bool {
        if first.hasEscapes || second.hasEscapes {
            return ExactKey(first.decoded(in: bytes)) == ExactKey(second.decoded(in: bytes))
        }
        return bytes[first.start..<first.end].elementsEqual(bytes[second.start..<second.end])
    }
}
