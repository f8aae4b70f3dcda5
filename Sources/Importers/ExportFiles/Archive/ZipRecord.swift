/// What the list of a zip archive says of one entry.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.12, 4.5.3 and 4.6.9.
struct ZipRecord {
    static let headBytes = 46
    static let localHeaderBytes = 30
    /// Kinds of files.
    static let folderType: UInt32 = 0o040000
    static let regularType: UInt32 = 0o100000

    let plainName: [UInt8]
    /// The name in the Unicode path field, which stands for the plain one.
    let unicodeName: [UInt8]?
    let method: UInt16
    let isEncrypted: Bool
    /// Nil when a zip64 size is announced and missing, as for the two below.
    let packedBytes: Int64?
    let unpackedBytes: Int64?
    /// The CRC-32 of the unpacked bytes.
    let checksum: UInt32
    /// Where the entry itself begins, counted from the beginning of the archive.
    let headerOffset: Int64
    /// The kind of file as Unix has it; 0 if the packer wrote none.
    let fileType: UInt32

    /// The name to go by.
    var name: [UInt8] { unicodeName ?? plainName }

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
        let plain = bytes[start + Self.headBytes..<nameEnd]
        // Version 1, the checksum of the name that it stands for, the name.
        let unicodePath = ZipExtraField(bytes, extra, kind: 0x7075) { path in
            path.count > 5 && bytes[path.lowerBound] == 1
                && bytes.uint32(at: path.lowerBound + 1) == plain.zipChecksum
        }
        plainName = Array(plain)
        unicodeName = unicodePath.range.map { Array(bytes[$0.dropFirst(5)]) }
        method = bytes.uint16(at: start + 10)
        // Bit 0: encrypted; bit 6: strongly; bit 13: the list itself is masked. Method 99 is WinZip's AES.
        isEncrypted = flags & (1 | 1 << 6 | 1 << 13) != 0 || method == 99
        var wide = ZipExtraField(bytes, extra, kind: 1)
        unpackedBytes = wide.size(bytes.uint32(at: start + 24), in: bytes)
        packedBytes = wide.size(bytes.uint32(at: start + 20), in: bytes)
        checksum = bytes.uint32(at: start + 16)
        let attributes = bytes.uint32(at: start + 38)
        // The upper byte of the version is the system of the packer, 3 is Unix; DOS has a bit for folders.
        fileType =
            bytes[start + 5] == 3 ? attributes >> 16 & 0o170000 : attributes & 0x10 != 0 ? Self.folderType : 0
        guard !wide.isBroken, let offset = wide.size(bytes.uint32(at: start + 42), in: bytes) else { return nil }
        headerOffset = offset
    }
}

/// One block of a record's extra field.
private struct ZipExtraField {
    /// Where its content lies; sizes are taken away from its begin.
    private(set) var range: Range<Int>?
    /// Whether the blocks do not fill the field.
    private(set) var isBroken = false

    /// Finds the first block of a kind that is accepted.
    init(
        _ bytes: [UInt8], _ field: Range<Int>, kind: UInt16, where isAccepted: (Range<Int>) -> Bool = { _ in true }
    ) {
        var position = field.lowerBound
        while field.upperBound - position >= 4 {
            let end = position + 4 + Int(bytes.uint16(at: position + 2))
            guard end <= field.upperBound else {
                isBroken = true
                return
            }
            if range == nil, bytes.uint16(at: position) == kind, isAccepted(position + 4..<end) {
                range = position + 4..<end
            }
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

extension ArraySlice<UInt8> {
    /// The CRC-32 of the bytes, bit by bit: it is for names only.
    fileprivate var zipChecksum: UInt32 {
        ~reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
    }
}
