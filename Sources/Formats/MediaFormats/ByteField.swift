/// Reads numbers and names at offsets, with bounds checks.
struct ByteField {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The byte at an offset; nil beyond the end.
    subscript(offset: Int) -> UInt8? { bytes.indices.contains(offset) ? bytes[offset] : nil }

    /// A big-endian number.
    func big(_ count: Int, at offset: Int) -> Int? {
        slice(count, at: offset)?.reduce(0) { $0 << 8 | Int($1) }
    }

    /// A little-endian number.
    func little(_ count: Int, at offset: Int) -> Int? {
        slice(count, at: offset)?.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A name in ASCII.
    func text(_ count: Int, at offset: Int) -> String? {
        slice(count, at: offset).map { String(decoding: $0, as: UTF8.self) }
    }

    private func slice(_ count: Int, at offset: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        return bytes[offset..<offset + count]
    }
}
