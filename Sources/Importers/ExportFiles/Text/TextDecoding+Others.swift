extension TextDecoding {
    /// The characters of the bytes 0x80 to 0x9F; those that the code page leaves free are control characters.
    ///
    /// Source: the WHATWG Encoding Standard, index windows-1252.
    private static let upperControls: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]

    /// Hands on text of Windows-1252.
    func decodeWindows1252(
        _ chunk: UnsafeRawBufferPointer, from start: Int, keepingOutput: Bool = false,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        if !keepingOutput { output.removeAll(keepingCapacity: true) }
        for index in start..<chunk.count { appendWindows1252(chunk[index]) }
        try output.withUnsafeBytes(body)
    }

    /// Writes the character of one byte.
    func appendWindows1252(_ byte: UInt8) {
        switch byte {
        case 0: removedNULs += 1
        case 0x01..<0x80: output.append(byte)
        case 0x80..<0xA0: append(UInt32(Self.upperControls[Int(byte - 0x80)]))
        default: append(UInt32(byte))
        }
    }

    /// Hands on text of UTF-16.
    func decodeUTF16(
        _ chunk: UnsafeRawBufferPointer, from start: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        output.removeAll(keepingCapacity: true)
        let bytes = carry + chunk[start...]
        carry.removeAll()
        var index = 0
        while index + 1 < bytes.count {
            let unit = unit(bytes, index)
            if unit & 0xFC00 == 0xD800 {
                guard index + 3 < bytes.count else { break }
                let low = self.unit(bytes, index + 2)
                if low & 0xFC00 == 0xDC00 {
                    append(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF)
                    index += 4
                    continue
                }
            }
            append(unit)
            index += 2
        }
        carry = Array(bytes[index...])
        try output.withUnsafeBytes(body)
    }

    private func unit(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        encoding == .utf16LittleEndian
            ? UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
            : UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
    }

    /// Writes a character by its number.
    private func append(_ number: UInt32) {
        switch number {
        case 0: removedNULs += 1
        case 1..<0x80: output.append(UInt8(number))
        default:
            if let scalar = Unicode.Scalar(number) {
                output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                appendReplacement()
            }
        }
    }
}
