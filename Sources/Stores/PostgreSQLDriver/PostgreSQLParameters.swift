import SQL

/// Values in libpq's text format, in one buffer, each terminated by NUL.
enum PostgreSQLParameters {
    static func withPointers<Result>(
        to values: [SQLValue], _ body: ([UnsafePointer<CChar>?]) throws -> Result
    ) throws -> Result {
        var arena: [UInt8] = []
        var starts: [Int?] = []
        for value in values {
            guard let text = text(of: value) else {
                starts.append(nil)
                continue
            }
            // C would truncate the string at NUL and bind another value.
            guard !text.utf8.contains(0) else { throw SQLError.failed(message: "A value holds a NUL character.") }
            starts.append(arena.count)
            arena.append(contentsOf: text.utf8)
            arena.append(0)
        }
        return try arena.withUnsafeBufferPointer { bytes in
            try bytes.withMemoryRebound(to: CChar.self) { characters in
                try body(starts.map { start in start.flatMap { offset in characters.baseAddress.map { $0 + offset } } })
            }
        }
    }

    private static func text(of value: SQLValue) -> String? {
        switch value {
        case .null: nil
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .blob(let bytes): "\\x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .texts(let texts): array(of: texts)
        }
    }

    /// `{"a","b\"c"}`.
    private static func array(of texts: [String]) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
