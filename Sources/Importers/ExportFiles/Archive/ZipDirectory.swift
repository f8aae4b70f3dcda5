/// The list at the end of a zip archive, checked before anything is unpacked.
///
/// It rejects what must not be read: archives in parts, encrypted entries, names that hold NUL, and entries that share
/// their bytes to unpack to far more than the file is long.
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.
struct ZipDirectory {
    let file: FileBytes
    let limits: ExportFileLimits

    /// Checks everything that the list says.
    ///
    /// - Parameter checkpoint: called every few thousand entries.
    /// - Returns: whether all entries are stored or deflated, as nearly every packer has them.
    func check(_ checkpoint: () throws -> Void) throws -> Bool {
        var records = try records()
        var totals = Totals()
        while let record = try records.next() {
            if totals.entries.isMultiple(of: 4096) { try checkpoint() }
            try add(record, &totals)
        }
        guard totals.entries > 0 else { throw ExportFileError.emptyArchive }
        // Entries that do not overlap need this room before the list.
        guard totals.packedBytes <= records.listStart else { throw ExportFileError.brokenZip("its entries overlap") }
        guard totals.unpackedBytes <= limits.unpackedBytes(of: file.size) else {
            throw ExportFileError.unpacksTooFar(limits, file.size)
        }
        return totals.isPlain
    }

    /// Whether the archive is a document of an Office program.
    ///
    /// - Parameter checkpoint: called every few thousand entries.
    func isOfficeDocument(_ checkpoint: () throws -> Void) throws -> Bool {
        var marks = 0
        var entries = 0
        var records = try records()
        while let record = try records.next() {
            if entries.isMultiple(of: 4096) { try checkpoint() }
            entries += 1
            if record.name == Array("[Content_Types].xml".utf8) { marks += 2 }
            if record.name == Array("mimetype".utf8) || record.name == Array("content.xml".utf8) { marks += 1 }
        }
        return marks >= 2
    }

    private struct Totals {
        var entries = 0
        var isPlain = true
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
        totals.entries += 1
        totals.isPlain = totals.isPlain && (record.method == ZipPass.stored || record.method == ZipPass.deflated)
        totals.packedBytes += packed + Int64(ZipRecord.localHeaderBytes + record.plainName.count)
        // Both are bounded, and so is their number: no overflow.
        totals.unpackedBytes = min(limits.maximumTotalBytes + 1, totals.unpackedBytes + unpacked)
    }

    /// The list from its beginning.
    func records() throws(ExportFileError) -> ZipRecords { ZipRecords(file: file, limits: limits, end: try findEnd()) }

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
        // Something may stand before the archive.
        var end = found
        let signature = try file.bytes(at: Int64(found.start), count: 4)
        if found.size > 0, signature != [0x50, 0x4B, 1, 2] {
            end.start = UInt64(found.fileOffset) - found.size
            end.prefixBytes = Int64(end.start) - Int64(found.start)
        }
        return end
    }
}

/// Goes through the list of a zip archive; a part of it is in memory at a time.
struct ZipRecords {
    private let file: FileBytes
    private let limits: ExportFileLimits
    private let end: ZipEnd
    private var offset: Int64
    private var window: [UInt8] = []
    private var position = 0
    private var count: UInt64 = 0

    /// Where the list begins in the file.
    var listStart: Int64 { Int64(end.start) }
    /// How many bytes stand before the archive.
    var prefixBytes: Int64 { end.prefixBytes }

    fileprivate init(file: FileBytes, limits: ExportFileLimits, end: ZipEnd) {
        self.file = file
        self.limits = limits
        self.end = end
        offset = Int64(end.start)
    }

    /// The next record; nil at the end of the list.
    ///
    /// - Throws: `damaged` for a list that ends too early or too late; `limitExceeded` for too many entries.
    mutating func next() throws(ExportFileError) -> ZipRecord? {
        let listEnd = Int64(end.start) + Int64(end.size)
        // A record is at most this long: its head and three parts of 65,535 bytes.
        if window.count - position < ZipRecord.headBytes + 3 * 65535, offset < listEnd {
            window.removeFirst(position)
            position = 0
            let part = try file.bytes(at: offset, count: min(Int(listEnd - offset), 1 << 19))
            window += part
            offset = part.isEmpty ? listEnd : offset + Int64(part.count)
        }
        guard let record = ZipRecord(window, &position) else {
            // Some programs write the number without its upper bits instead of using zip64. A signature may follow.
            let isAtEnd =
                position == window.count
                || window.count - position >= 4 && window.uint32(at: position) == 0x0505_4B50
            guard count % 65536 == end.entries % 65536, isAtEnd else {
                throw .brokenZip("its list of entries is broken")
            }
            return nil
        }
        count += 1
        guard count <= UInt64(limits.maximumEntries) else {
            throw .limit("The archive has more than \(limits.maximumEntries) entries.")
        }
        return record
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
    /// How many bytes stand before the archive; all places in it are too low by as much.
    fileprivate(set) var prefixBytes: Int64 = 0
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
