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

    init(file: FileBytes, limits: ExportFileLimits, end: ZipEnd) {
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
