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
