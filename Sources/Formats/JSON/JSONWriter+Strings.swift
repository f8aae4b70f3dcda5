extension [UInt8] {
    /// Appends a string in quotes. Only what JSON forbids in a string is escaped.
    mutating func appendJSONString(_ string: String) {
        var string = string
        string.withUTF8 { content in
            let content = UnsafeRawBufferPointer(content)
            append(ASCII.quote)
            var start = 0
            while start < content.count {
                let end = Self.endOfPlainRun(content, from: start)
                append(contentsOf: content[start..<end])
                if end < content.count { appendEscape(of: content[end]) }
                start = end + 1
            }
            append(ASCII.quote)
        }
    }

    /// The first byte from `index` on that has to be escaped, or the end.
    private static func endOfPlainRun(_ content: UnsafeRawBufferPointer, from index: Int) -> Int {
        var index = index
        while content.count - index >= 8 {
            let word = ByteWord.load(content, at: index)
            let stops = ByteWord.quotesAndBackslashes(in: word) | ByteWord.controlCharacters(in: word)
            if stops != 0 { return index + stops.trailingZeroBitCount >> 3 }
            index += 8
        }
        while index < content.count, !needsEscape(content[index]) { index += 1 }
        return index
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte == ASCII.quote || byte == ASCII.backslash || byte < ASCII.space
    }

    private mutating func appendEscape(of byte: UInt8) {
        append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: append(byte)
        case 0x08: append(ASCII.b)
        case ASCII.tab: append(ASCII.t)
        case ASCII.lineFeed: append(ASCII.n)
        case 0x0C: append(ASCII.f)
        case ASCII.carriageReturn: append(ASCII.r)
        default:
            let hexadecimal = Array("0123456789abcdef".utf8)
            append(contentsOf: [ASCII.u, ASCII.zero, ASCII.zero])
            append(hexadecimal[Int(byte >> 4)])
            append(hexadecimal[Int(byte & 15)])
        }
    }
}
