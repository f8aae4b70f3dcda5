/// The range of a string's content. It was validated, so decoding cannot fail.
struct StringSpan {
    /// The first byte after the opening quote.
    let start: Int
    /// The closing quote.
    let end: Int
    /// Whether the content has escapes.
    let hasEscapes: Bool

    /// The string itself.
    @inline(__always)
    func decoded(in bytes: UnsafeRawBufferPointer) -> String {
        hasEscapes ? unescaped(in: bytes) : String(decoding: bytes.slice(start, end), as: UTF8.self)
    }

    /// The string with resolved escapes. No escape is shorter than its character.
    private func unescaped(in bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: end - start) { output in
            let output = UnsafeMutableRawBufferPointer(output)
            var written = 0
            var index = start
            while index < end {
                let runEnd = bytes.quoteOrBackslash(from: index, to: end)
                if runEnd > index {
                    UnsafeMutableRawBufferPointer(rebasing: output[written..<written + runEnd - index])
                        .copyMemory(from: bytes.slice(index, runEnd))
                    written += runEnd - index
                    index = runEnd
                }
                if index < end { Self.resolveEscape(at: &index, in: bytes, into: output, &written) }
            }
            return written
        }
    }

    private static func resolveEscape(
        at index: inout Int, in bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        _ written: inout Int
    ) {
        let letter = bytes[index + 1]
        if letter == ASCII.u {
            var scalar = bytes.escapedUnit(at: index)
            index += 6
            if scalar & 0xFC00 == 0xD800 {
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + bytes.escapedUnit(at: index) & 0x3FF
                index += 6
            }
            for unit in Unicode.Scalar(scalar).map({ UTF8.encode($0) ?? UTF8.encodedReplacementCharacter })
                ?? UTF8.encodedReplacementCharacter
            {
                output[written] = unit
                written += 1
            }
            return
        }
        output[written] =
            switch letter {
            case ASCII.b: 0x08
            case ASCII.f: 0x0C
            case ASCII.n: ASCII.lineFeed
            case ASCII.r: ASCII.carriageReturn
            case ASCII.t: ASCII.tab
            default: letter
            }
        written += 1
        index += 2
    }
}

extension UnsafeRawBufferPointer {
    /// The UTF-16 unit of the validated escape at `index`.
    @inline(__always)
    fileprivate func escapedUnit(at index: Int) -> UInt32 {
        var unit: UInt32 = 0
        for place in index + 2..<index + 6 { unit = unit << 4 | (self[place].hexadecimalValue ?? 0) }
        return unit
    }
}
