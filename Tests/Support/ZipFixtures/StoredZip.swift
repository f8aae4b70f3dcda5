/// A zip archive put together byte by byte, so that tests can make what no packer writes; its entries are stored.
public struct StoredZip: Sendable {
    /// One entry; what is nil is written as it ought to be.
    public struct Entry: Sendable {
        /// The bytes of its name.
        public var name: [UInt8]
        /// Its data.
        public var data: [UInt8]
        /// Flags: 0x800 says that the name is UTF-8, 1 that the data are encrypted.
        public var flags: UInt16 = 0
        /// The method of compression; 0 is none.
        public var method: UInt16 = 0
        /// The checksum that is written.
        public var crc: UInt32?
        /// More fields of the entry's head.
        public var extra: [UInt8] = []
        /// The size that is written instead of the real one.
        public var statedSize: UInt32?

        /// An entry with a text.
        public init(_ name: String, _ text: String = "text") { self.init(nameBytes: Array(name.utf8), text) }

        /// An entry whose name need not be UTF-8.
        public init(nameBytes: [UInt8], _ text: String = "text") {
            name = nameBytes
            data = Array(text.utf8)
        }
    }

    /// The entries, in order.
    public var entries: [Entry]
    /// The number of the disk that it claims to be on.
    public var disk: UInt16 = 0
    /// What stands before the archive.
    public var prefix: [UInt8] = []
    /// Whether all records of the list point to the first entry's data.
    public var sharesData = false

    /// An archive of entries that a test makes.
    public init(_ entries: [Entry]) { self.entries = entries }

    /// A sound archive of files with names in UTF-8.
    public init(files: [(name: String, content: [UInt8])]) {
        entries = files.map { file in
            var entry = Entry(file.name, "")
            entry.data = file.content
            entry.flags = 0x800
            return entry
        }
    }

    /// The archive.
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        var list: [UInt8] = []
        for (index, entry) in entries.enumerated() {
            let offset = sharesData ? 0 : out.count
            if !sharesData || index == 0 {
                out += Self.number(0x0403_4B50, 4) + Self.number(20, 2) + head(entry) + entry.name + entry.extra
                out += entry.data
            }
            list += Self.number(0x0201_4B50, 4) + Self.number(20, 2) + Self.number(20, 2) + head(entry)
            list += [UInt8](repeating: 0, count: 10) + Self.number(offset, 4) + entry.name + entry.extra
        }
        let start = out.count
        out += list + Self.number(0x0605_4B50, 4) + Self.number(Int(disk), 2) + Self.number(Int(disk), 2)
        out += Self.number(entries.count, 2) + Self.number(entries.count, 2) + Self.number(list.count, 4)
        return prefix + out + Self.number(start, 4) + Self.number(0, 2)
    }

    /// What the head of an entry and its record in the list have in common.
    private func head(_ entry: Entry) -> [UInt8] {
        let size = entry.statedSize.map(Int.init) ?? entry.data.count
        return Self.number(Int(entry.flags), 2) + Self.number(Int(entry.method), 2) + Self.number(0, 4)
            + Self.number(Int(entry.crc ?? Self.crc32(entry.data)), 4)
            + Self.number(entry.method == 0 ? size : entry.data.count, 4) + Self.number(size, 4)
            + Self.number(entry.name.count, 2) + Self.number(entry.extra.count, 2)
    }

    /// A number of so many bytes, its lowest byte first.
    public static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// The checksum of zip, bit by bit.
    public static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF as UInt32) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
    }
}
