import Foundation

/// Builds an archive in memory: a zip whose entries are stored as they are.
struct ExportBuilder {
    private var entries: [(name: String, content: [UInt8])] = []

    /// Adds an entry.
    mutating func add(_ name: String, _ content: String) { add(name, Array(content.utf8)) }

    /// Adds an entry of any bytes.
    mutating func add(_ name: String, _ content: [UInt8]) { entries.append((name, content)) }

    /// Brings the entries into another order.
    mutating func shuffle(using generator: inout some RandomNumberGenerator) { entries.shuffle(using: &generator) }

    /// The archive.
    var bytes: [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in entries {
            let name = Array(name.utf8)
            var fields: [UInt8] = []
            // Version 2.0, names in UTF-8, stored, 2020-01-01.
            for value in [20, 0x800, 0, 0, 0x5021] { fields.append(value, bytes: 2) }
            fields.append(Self.checksum(content), bytes: 4)
            fields.append(content.count, bytes: 4)
            fields.append(content.count, bytes: 4)
            fields.append(name.count, bytes: 2)
            fields.append(0, bytes: 2)
            let offset = archive.count
            archive.append(0x0403_4B50, bytes: 4)
            archive += fields + name + content
            directory.append(0x0201_4B50, bytes: 4)
            directory.append(20, bytes: 2)
            directory += fields
            for _ in 0..<5 { directory.append(0, bytes: 2) }
            directory.append(offset, bytes: 4)
            directory += name
        }
        let start = archive.count
        archive += directory
        archive.append(0x0605_4B50, bytes: 4)
        for value in [0, 0, entries.count, entries.count] { archive.append(value, bytes: 2) }
        archive.append(directory.count, bytes: 4)
        archive.append(start, bytes: 4)
        archive.append(0, bytes: 2)
        return archive
    }

    private static func checksum(_ content: [UInt8]) -> Int {
        var checksum: UInt32 = 0xFFFF_FFFF
        for byte in content {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
        }
        return Int(checksum ^ 0xFFFF_FFFF)
    }
}

extension [UInt8] {
    /// Appends a number, its lowest byte first.
    fileprivate mutating func append(_ value: Int, bytes count: Int) {
        for place in 0..<count { append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
    }
}
