/// The list at the end of a zip archive, checked before anything is unpacked.
///
/// libarchive reads what it can; this rejects what must not be read: archives in parts, encrypted entries, names that
/// hold NUL, and entries that share their bytes to unpack to far more than the file is long.
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.
struct ZipDirectory {
    let file: FileBytes
    let limits: ExportFileLimits

    /// How many bytes of Unicode names are kept.
    private static let maximumUnicodeNameBytes = 32 << 20

    /// Checks everything that the list says.
    ///
    /// - Parameter checkpoint: called every few thousand entries.
    /// - Returns: the names that Unicode path fields give, by the entry's place in the archive; libarchive does not
    ///   read them. None if the list is not in the archive's order, as every packer writes it.
    func check(_ checkpoint: () throws -> Void) throws -> [Int: [UInt8]] {
        let end = try findEnd()
        var totals = Totals()
        try forEachRecord(end) { record in
            if totals.entries.isMultiple(of: 4096) { try checkpoint() }
            try add(record, &totals)
        }
        guard totals.entries > 0 else { throw ExportFileError.emptyArchive }
        // Entries that do not overlap need this room before the list.
        guard totals.packedBytes <= Int64(end.start) else { throw ExportFileError.brokenZip("its entries overlap") }
        guard totals.unpackedBytes <= limits.unpackedBytes(of: file.size) else {
            throw ExportFileError.unpacksTooFar(limits, file.size)
        }
        return totals.isInOrder ? totals.unicodeNames : [:]
    }

    /// Whether the archive is a document of an Office program.
    ///
    /// - Parameter checkpoint: called every few thousand entries.
    func isOfficeDocument(_ checkpoint: () throws -> Void) throws -> Bool {
        var marks = 0
        var entries = 0
        try forEachRecord(findEnd()) { record in
            if entries.isMultiple(of: 4096) { try checkpoint() }
            entries += 1
            if record.name == Array("[Content_Types].xml".utf8) { marks += 2 }
            if record.name == Array("mimetype".utf8) || record.name == Array("content.xml".utf8) { marks += 1 }
        }
        return marks >= 2
    }

    private struct Totals {
        var entries = 0
        var lastOffset: Int64 = -1
        var isInOrder = true
        var unicodeNames: [Int: [UInt8]] = [:]
        var unicodeNameBytes = 0
        var packedBytes: Int64 = 0
        var unpackedBytes: Int64 = 0
    }

    private func add(_ record: ZipRecord, _ totals: inout Totals) throws(ExportFileError) {
        let label = String(decoding: record.name.prefix(200), as: UTF8.self)
        guard !record.isEncrypted else { throw .encryptedEntry(label) }
        if case .hostile(let name) = EntryName(record.name, isFolder: false) { throw .hostileName(name) }
        guard record.name.count <= limits.maximumNameBytes else {
            throw .limit("An entry's name has more than \(limits.maximumNameBytes) bytes.")
        }
        guard let packed = record.packedBytes, let unpacked = record.unpackedBytes else {
            throw .brokenZip("the sizes of an entry are missing")
        }
        guard packed >= 0, packed <= file.size else { throw .brokenZip("an entry is longer than the file") }
        guard unpacked >= 0, unpacked <= limits.maximumEntryBytes else { throw .entryTooLarge(label, limits) }
        guard record.method != 0 || packed == unpacked else { throw .brokenZip("the sizes of an entry disagree") }
        if let name = record.unicodeName, totals.unicodeNameBytes < Self.maximumUnicodeNameBytes {
            totals.unicodeNames[totals.entries] = name
            totals.unicodeNameBytes += name.count + 64
        }
        totals.entries += 1
        totals.isInOrder = totals.isInOrder && record.headerOffset > totals.lastOffset
        totals.lastOffset = record.headerOffset
        totals.packedBytes += packed + Int64(ZipRecord.localHeaderBytes + record.plainName.count)
        // Both are bounded, and so is their number: no overflow.
        totals.unpackedBytes = min(limits.maximumTotalBytes + 1, totals.unpackedBytes + unpacked)
    }

    private func forEachRecord(_ end: ZipEnd, _ body: (ZipRecord) throws -> Void) throws {
        var offset = Int64(end.start)
        let listEnd = offset + Int64(end.size)
        var entries: UInt64 = 0
        var window: [UInt8] = []
        var position = 0
        while true {
            // A record is at most this long: its head and three parts of 65,535 bytes.
            if window.count - position < ZipRecord.headBytes + 3 * 65535, offset < listEnd {
                window.removeFirst(position)
                position = 0
                let part = try file.bytes(at: offset, count: min(Int(listEnd - offset), 1 << 19))
                guard !part.isEmpty else { break }
                window += part
                offset += Int64(part.count)
            }
            guard let record = ZipRecord(window, &position) else { break }
            entries += 1
            guard entries <= UInt64(limits.maximumEntries) else {
                throw ExportFileError.limit("The archive has more than \(limits.maximumEntries) entries.")
            }
            try body(record)
        }
        // Some programs write the number without its upper bits instead of using zip64. A signature may follow.
        let isAtEnd =
            position == window.count || window.count - position >= 4 && window.uint32(at: position) == 0x0505_4B50
        guard entries % 65536 == end.entries % 65536, isAtEnd else {
            throw ExportFileError.brokenZip("its list of entries is broken")
        }
    }

    // MARK: End

    /// Finds the record at the end of the archive that says where the list is.
    private func findEnd() throws(ExportFileError) -> ZipEnd {
        let tailStart = max(0, file.size - Int64(ZipEnd.narrowBytes + 65535 + ZipEnd.locatorBytes))
        let tail = try file.bytes(at: tailStart, count: Int(file.size - tailStart))
        var position = tail.count - ZipEnd.narrowBytes
        while position >= 0 {
            if tail.uint32(at: position) == 0x0605_4B50,
                position + ZipEnd.narrowBytes + Int(tail.uint16(at: position + 20)) == tail.count
            {
                var end = ZipEnd(narrow: tail, at: position, fileOffset: tailStart + Int64(position))
                if end.isIncomplete, let wide = try readWideEnd(tail, position - ZipEnd.locatorBytes) { end = wide }
                return try resolve(end)
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

    private func resolve(_ found: ZipEnd) throws(ExportFileError) -> ZipEnd {
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
private struct ZipEnd {
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
