/// A zip archive whose entries are stored as they are.
struct TestZip {
    private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var entryCount: UInt16 = 0

    /// An archive of texts, or of bytes.
    init(_ entries: [(name: String, content: [UInt8])]) {
        for entry in entries { add(entry.name, entry.content) }
        let start = UInt32(bytes.count)
        bytes += directory
        append(&bytes, UInt32(0x0605_4b50), UInt32(0))
        append(&bytes, entryCount, entryCount)
        append(&bytes, UInt32(directory.count), start)
        append(&bytes, UInt16(0))
    }

    private mutating func add(_ name: String, _ content: [UInt8]) {
        let offset = UInt32(bytes.count)
        var fields: [UInt8] = []
        // Version 2.0, names in UTF-8, stored, no time.
        append(&fields, UInt16(20), UInt16(0x0800), UInt16(0), UInt16(0), UInt16(0x21))
        append(&fields, Self.checksum(content), UInt32(content.count), UInt32(content.count))
        append(&fields, UInt16(name.utf8.count), UInt16(0))
        append(&bytes, UInt32(0x0403_4b50))
        bytes += fields + Array(name.utf8) + content
        append(&directory, UInt32(0x0201_4b50))
        append(&directory, UInt16(20))
        directory += fields
        append(&directory, UInt16(0), UInt16(0), UInt16(0))
        append(&directory, UInt32(0), offset)
        directory += Array(name.utf8)
        entryCount += 1
    }

    private func append<Value: FixedWidthInteger>(_ target: inout [UInt8], _ values: Value...) {
        for value in values { withUnsafeBytes(of: value.littleEndian) { target.append(contentsOf: $0) } }
    }

    /// CRC-32, bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var rest = ~UInt32(0)
        for byte in bytes {
            rest ^= UInt32(byte)
            for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
        }
        return ~rest
    }
}
