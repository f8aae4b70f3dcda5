internal import DelimitedText

/// Mends escapes that JSON allows and no text can hold: half surrogate pairs and NUL.
struct JSONTextRepair {
    private var output: [UInt8] = []
    /// Whether anything was mended.
    private(set) var hasRepairs = false

    /// Hands on a JSON text, uncopied where nothing is to be mended.
    mutating func mend<Result>(
        _ text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        output.removeAll(keepingCapacity: true)
        var copied = 0
        var index = ByteSearch.first(UInt8(ascii: "\\"), text, from: 0, to: text.count)
        while index < text.count {
            let unit = text.escapedUnit(at: index)
            var length = unit == nil ? 2 : 6
            if unit == 0 {
                replace(text, &copied, index, with: [])
            } else if let unit, unit & 0xFC00 == 0xD800, let low = text.escapedUnit(at: index + 6),
                low & 0xFC00 == 0xDC00
            {
                length = 12
            } else if let unit, unit & 0xF800 == 0xD800 {
                replace(text, &copied, index, with: Array("\\ufffd".utf8))
            }
            index = ByteSearch.first(UInt8(ascii: "\\"), text, from: index + length, to: text.count)
        }
        guard copied > 0 else { return try body(text) }
        output.append(contentsOf: text[copied...])
        return try output.withUnsafeBytes(body)
    }

    /// Writes something else in place of the escape at `index`.
    private mutating func replace(
        _ text: UnsafeRawBufferPointer, _ copied: inout Int, _ index: Int, with mended: [UInt8]
    ) {
        hasRepairs = true
        output.append(contentsOf: text[copied..<index])
        output.append(contentsOf: mended)
        copied = index + 6
    }
}

extension UnsafeRawBufferPointer {
    /// The UTF-16 unit that an escape of the form `\uXXXX` names; nil if there is no escape at `index`.
    fileprivate func escapedUnit(at index: Int) -> UInt32? {
        guard index + 6 <= count, self[index] == UInt8(ascii: "\\"), self[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for place in index + 2..<index + 6 {
            guard let digit = hexDigit(self[place]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    private func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x37)
        case 0x61...0x66: UInt32(byte - 0x57)
        default: nil
        }
    }
}
