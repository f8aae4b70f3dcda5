/// What the list of a zip archive says of one entry.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.12, 4.5.3 and 4.6.9.
struct ZipRecord {
    static let headBytes = 46
    static let localHeaderBytes = 30

    /// The name in the Unicode path field, if there is one, else the name.
    let name: [UInt8]
    let method: UInt16
    let isEncrypted: Bool
    /// Nil when a zip64 size is announced and missing, as for the two below.
    let packedBytes: Int64?
    let unpackedBytes: Int64?

    /// Reads the record at a place and goes behind it; nil when none is there.
    init?(_ bytes: [UInt8], _ position: inout Int) {
        let start = position
        guard bytes.count - start >= Self.headBytes, bytes.uint32(at: start) == 0x0201_4B50 else { return nil }
        let nameBytes = Int(bytes.uint16(at: start + 28))
        let extraBytes = Int(bytes.uint16(at: start + 30))
        let nameEnd = start + Self.headBytes + nameBytes
        let end = nameEnd + extraBytes + Int(bytes.uint16(at: start + 32))
        guard end <= bytes.count else { return nil }
        position = end
        let flags = bytes.uint16(at: start + 8)
        let extra = nameEnd..<nameEnd + extraBytes
        if let path = ZipExtraField(bytes, extra, kind: 0x7075).range, path.count > 5, bytes[path.lowerBound] == 1 {
            name = Array(bytes[path.dropFirst(5)])
        } else {
            name = Array(bytes[start + Self.headBytes..<nameEnd])
        }
        method = bytes.uint16(at: start + 10)
        // Bit 0: encrypted; bit 6: strongly; bit 13: the list itself is masked. Method 99 is WinZip's AES.
        isEncrypted = flags & (1 | 1 << 6 | 1 << 13) != 0 || method == 99
        var wide = ZipExtraField(bytes, extra, kind: 1)
        unpackedBytes = wide.size(bytes.uint32(at: start + 24), in: bytes)
        packedBytes = wide.size(bytes.uint32(at: start + 20), in: bytes)
        let headerOffset = wide.size(bytes.uint32(at: start + 42), in: bytes)
        guard !wide.isBroken, headerOffset != nil else { return nil }
    }
}

/// One block of a record's extra field.
private struct ZipExtraField {
    /// Where its content lies; sizes are taken away from its begin.
    private(set) var range: Range<Int>?
    /// Whether the blocks do not fill the field.
    private(set) var isBroken = false

    /// Finds the block of a kind.
    init(_ bytes: [UInt8], _ field: Range<Int>, kind: UInt16) {
        var position = field.lowerBound
        while field.upperBound - position >= 4 {
            let end = position + 4 + Int(bytes.uint16(at: position + 2))
            guard end <= field.upperBound else {
                isBroken = true
                return
            }
            if range == nil, bytes.uint16(at: position) == kind { range = position + 4..<end }
            position = end
        }
    }

    /// A size of the record, or what stands here in its place.
    mutating func size(_ narrow: UInt32, in bytes: [UInt8]) -> Int64? {
        guard narrow == .max else { return Int64(narrow) }
        guard let found = range, found.count >= 8 else { return nil }
        range = found.lowerBound + 8..<found.upperBound
        return Int64(exactly: bytes.uint64(at: found.lowerBound))
    }
}

extension [UInt8] {
    /// Little-endian numbers, as zip has them; the caller knows that they are there.
    func uint16(at index: Int) -> UInt16 { UInt16(self[index]) | UInt16(self[index + 1]) << 8 }
    func uint32(at index: Int) -> UInt32 { UInt32(uint16(at: index)) | UInt32(uint16(at: index + 2)) << 16 }
    func uint64(at index: Int) -> UInt64 { UInt64(uint32(at: index)) | UInt64(uint32(at: index + 4)) << 32 }
}
