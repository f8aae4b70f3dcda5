/// Where the list of a zip archive lies, and how long it is.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16.
struct ZipEnd {
    static let narrowBytes = 22
    static let locatorBytes = 20
    static let wideBytes = 56

    let disk: UInt32
    let directoryDisk: UInt32
    let entriesHere: UInt64
    let entries: UInt64
    let size: UInt64
    /// Where the list begins in the file.
    var start: UInt64
    /// How many bytes stand before the archive; all places in it are too low by as much.
    var prefixBytes: Int64 = 0
    /// Where this record begins in the file.
    let fileOffset: Int64

    init(narrow bytes: [UInt8], at position: Int, fileOffset: Int64) {
        disk = UInt32(bytes.uint16(at: position + 4))
        directoryDisk = UInt32(bytes.uint16(at: position + 6))
        entriesHere = UInt64(bytes.uint16(at: position + 8))
        entries = UInt64(bytes.uint16(at: position + 10))
        size = UInt64(bytes.uint32(at: position + 12))
        start = UInt64(bytes.uint32(at: position + 16))
        self.fileOffset = fileOffset
    }

    init(wide bytes: [UInt8], fileOffset: Int64) {
        disk = bytes.uint32(at: 16)
        directoryDisk = bytes.uint32(at: 20)
        entriesHere = bytes.uint64(at: 24)
        entries = bytes.uint64(at: 32)
        size = bytes.uint64(at: 40)
        start = bytes.uint64(at: 48)
        self.fileOffset = fileOffset
    }

    /// Whether a number was too large for the narrow record, so that zip64's has it.
    var isIncomplete: Bool {
        entries == 0xFFFF || entriesHere == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF
    }
}
