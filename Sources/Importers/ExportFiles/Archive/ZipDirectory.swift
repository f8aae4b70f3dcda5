/// The list at the end of a zip archive, checked before anything is unpacked.
///
/// libarchive reads what it can; this refuses what must not be read: archives in parts, encrypted entries, names that
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
}
