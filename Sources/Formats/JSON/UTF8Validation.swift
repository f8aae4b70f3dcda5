extension UnsafeRawBufferPointer {
    /// The index of the first byte that violates UTF-8; nil if the part is valid.
    ///
    /// Overlong forms, surrogates and code points above U+10FFFF are invalid.
    /// Source: Unicode 16, table 3-7, "Well-Formed UTF-8 Byte Sequences".
    func firstInvalidUTF8(from start: Int, to end: Int) -> Int? {
        var index = start
        while index < end {
            let lead = self[index]
            if lead < 0x80 {
                index += 1
                while end - index >= 8, ByteWord.load(self, at: index) & ByteWord.highBits == 0 { index += 8 }
                continue
            }
            let length = lengthOfUTF8Sequence(at: index, to: end)
            if length == 0 { return index }
            index += length
        }
        return nil
    }

    /// The length of the well-formed sequence at `index`; 0 if it is malformed.
    @inline(__always)
    private func lengthOfUTF8Sequence(at index: Int, to end: Int) -> Int {
        let lead = self[index]
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard index + length <= end else { return 0 }
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xC2...0xDF, 0xE1...0xEC, 0xEE...0xEF, 0xF1...0xF3: second = 0x80...0xBF
        case 0xE0: second = 0xA0...0xBF
        case 0xED: second = 0x80...0x9F
        case 0xF0: second = 0x90...0xBF
        case 0xF4: second = 0x80...0x8F
        default: return 0
        }
        guard second.contains(self[index + 1]) else { return 0 }
        for place in 2..<4 where place < length {
            if self[index + place] & 0xC0 != 0x80 { return 0 }
        }
        return length
    }
}
