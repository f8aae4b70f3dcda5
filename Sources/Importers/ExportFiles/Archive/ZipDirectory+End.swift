extension ZipDirectory {
    /// Finds the record at the end of the archive that says where the list is.
    func findEnd() throws(ExportFileError) -> ZipEnd {
        let tailStart = max(0, file.size - Int64(ZipEnd.narrowBytes + 65535 + ZipEnd.locatorBytes))
        let tail = try file.bytes(at: tailStart, count: Int(file.size - tailStart))
        var position = tail.count - ZipEnd.narrowBytes
        while position >= 0 {
            if tail.uint32(at: position) == 0x0605_4B50,
                position + ZipEnd.narrowBytes + Int(tail.uint16(at: position + 20)) == tail.count
            {
                var end = ZipEnd(narrow: tail, at: position, fileOffset: tailStart + Int64(position))
                if end.isIncomplete, let wide = try readWideEnd(tail, position - ZipEnd.locatorBytes) { end = wide }
                return try settle(end)
            }
            position -= 1
        }
        throw .brokenZip("the list of its entries, which stands at the end, is missing")
    }

    /// Reads the record of zip64, if its locator stands at the given place.
    private func readWideEnd(_ tail: [UInt8], _ locator: Int) throws(ExportFileError) -> ZipEnd? {
        guard locator >= 0, tail.uint32(at: locator) == 0x0706_4B50 else { return nil }
        guard let place = Int64(exactly: tail.uint64(at: locator + 8)), place <= file.size else {
            throw .brokenZip("the end of its zip64 list is not where it should be")
        }
        let record = try file.bytes(at: place, count: ZipEnd.wideBytes)
        guard record.count == ZipEnd.wideBytes, record.uint32(at: 0) == 0x0606_4B50 else {
            throw .brokenZip("the end of its zip64 list is not where it should be")
        }
        return ZipEnd(wide: record, fileOffset: place)
    }

    private func settle(_ found: ZipEnd) throws(ExportFileError) -> ZipEnd {
        guard found.disk == 0, found.directoryDisk == 0, found.entriesHere == found.entries else {
            throw ExportFileError(
                .unrecognized,
                "The file is one part of a split zip archive. Join the parts (zip -s 0) and send the result.")
        }
        let (listEnd, overflow) = found.start.addingReportingOverflow(found.size)
        guard !overflow, listEnd <= UInt64(found.fileOffset), found.entries <= found.size / UInt64(ZipRecord.headBytes)
        else { throw .brokenZip("its list of entries does not fit into the file") }
        // Something may stand before the archive; then all places in it are too low by as much.
        var end = found
        let signature = try file.bytes(at: Int64(found.start), count: 4)
        if found.size > 0, signature != [0x50, 0x4B, 1, 2] { end.start = UInt64(found.fileOffset) - found.size }
        return end
    }
}

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
    fileprivate(set) var start: UInt64
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
