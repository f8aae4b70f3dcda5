import SQL

/// Rows in COPY's text format: values separated by tabs, rows by line feeds.
struct CopyText {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// - Throws: `SQLError.failed` for a string with a NUL character, which PostgreSQL cannot store.
    mutating func append(_ value: SQLValue, endsRow: Bool) throws {
        switch value {
        case .null: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "N")])
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .real(let number): bytes.append(contentsOf: String(number).utf8)
        case .text(let text): try append(text)
        case .blob(let blob): blob.withUnsafeBytes { append($0) }
        case .texts: throw SQLError.failed(message: "No table has a column for such a value.")
        }
        bytes.append(endsRow ? 0x0A : 0x09)
    }

    /// - Throws: as above.
    mutating func append(_ value: BulkInsert.Value, endsRow: Bool) throws {
        switch value {
        case .null: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "N")])
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .real(let number): bytes.append(contentsOf: String(number).utf8)
        case .text(let text): try append(text.bindMemory(to: UInt8.self))
        case .blob(let blob): append(blob)
        }
        bytes.append(endsRow ? 0x0A : 0x09)
    }

    /// `\\x` and two hexadecimal digits per byte.
    private mutating func append(_ blob: UnsafeRawBufferPointer) {
        bytes.reserveCapacity(bytes.count + 2 * blob.count + 3)
        bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\\"), UInt8(ascii: "x")])
        for byte in blob {
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private mutating func append(_ text: String) throws {
        var text = text
        try text.withUTF8 { try append($0) }
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>) throws {
        // Runs without special characters are copied at once; nearly everything is one.
        var copied = 0
        for index in text.indices where text[index] <= 0x0D || text[index] == UInt8(ascii: "\\") {
            guard let mark = try Self.mark(for: text[index]) else { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<index]))
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(mark)
            copied = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
    }

    /// The escape of a character after a backslash; nil if it needs none.
    private static func mark(for byte: UInt8) throws -> UInt8? {
        switch byte {
        case 0: throw SQLError.failed(message: "A value holds a NUL character.")
        case UInt8(ascii: "\\"): byte
        case 0x09: UInt8(ascii: "t")
        case 0x0A: UInt8(ascii: "n")
        case 0x0D: UInt8(ascii: "r")
        default: nil
        }
    }
}
