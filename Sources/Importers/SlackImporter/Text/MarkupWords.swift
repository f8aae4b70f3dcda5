internal import ImporterKit
internal import JSON

/// The words of a text in Slack's markup, counted, to find out whether one text says all that another one says.
///
/// Marks, punctuation and the numbers of lists do not count: Slack writes them differently in texts and in blocks. A
/// mention counts by its id, a link by its address and a label of its own.
struct MarkupWords {
    private var counts: [Int: Int] = [:]
    /// How many bytes were looked at, which grows with the text alone.
    private(set) var steps = 0

    /// The words of a text.
    init(_ text: String) {
        var text = text
        text.withUTF8 { scan(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the text has every word of another one, at least as often.
    func contains(_ other: MarkupWords) -> Bool {
        other.counts.allSatisfy { word, count in counts[word, default: 0] >= count }
    }

    private mutating func scan(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        var isLineStart = true
        var tokenEnd = -1
        while index < bytes.count {
            if isLineStart {
                index = bytes.endOfListMark(from: index)
                isLineStart = false
                continue
            }
            steps += 1
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                isLineStart = true
                index += 1
            case UInt8(ascii: "<"):
                if tokenEnd <= index {
                    tokenEnd = bytes.endOfToken(from: index + 1, to: bytes.count)
                    steps += tokenEnd - index
                }
                if tokenEnd < bytes.count, bytes[tokenEnd] == UInt8(ascii: ">") {
                    addToken(bytes, index + 1, tokenEnd)
                    index = tokenEnd + 1
                } else {
                    index += 1
                }
            case UInt8(ascii: "&"): index += bytes.entity(at: index, to: bytes.count).length
            default: index = addWord(bytes, index, bytes.count)
            }
        }
    }

    private mutating func addToken(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        let bar = bytes.place(of: UInt8(ascii: "|"), from: start, to: end) ?? end
        switch start < end ? bytes[start] : 0 {
        case UInt8(ascii: "@"), UInt8(ascii: "#"): addWords(bytes, start + 1, bar)
        case UInt8(ascii: "!"):
            // `!date^seconds^format|…` and `!subteam^id|…`: formats and labels are not told alike.
            let word = bytes.place(of: UInt8(ascii: "^"), from: start, to: bar) ?? bar
            let second = word < bar ? bytes.place(of: UInt8(ascii: "^"), from: word + 1, to: bar) ?? bar : bar
            addWords(bytes, start + 1, second)
        default:
            addWords(bytes, start, bar)
            guard bar < end else { return }
            let label = bytes.trimmed(bar + 1..<end)
            let address = bytes.trimmed(start..<bar)
            let isRepeated =
                label.count <= address.count
                && bytes[label].elementsEqual(bytes[address.upperBound - label.count..<address.upperBound])
            if !isRepeated { addWords(bytes, label.lowerBound, label.upperBound) }
        }
    }

    private mutating func addWords(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        var index = start
        while index < end {
            steps += 1
            index =
                bytes[index] == UInt8(ascii: "&")
                ? index + bytes.entity(at: index, to: end).length : addWord(bytes, index, end)
        }
    }

    /// Counts the word that begins at `index`, if one does, and goes behind it.
    private mutating func addWord(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
        var hasher = Hasher()
        var index = start
        while index < end {
            let byte = bytes[index]
            if byte >= 0x80 {
                // U+2000 to U+203F, U+2580 to U+25FF and U+3000 to U+303F: punctuation and the dots of lists.
                let second = index + 1 < end ? bytes[index + 1] : 0
                if byte == 0xE2 && [0x80, 0x96, 0x97].contains(second) || byte == 0xE3 && second == 0x80 {
                    if index == start { return min(index + 3, end) }
                    break
                }
                hasher.combine(byte)
            } else if byte.isLetter {
                hasher.combine(byte | 0x20)
            } else if byte.isDigit {
                hasher.combine(byte)
            } else {
                break
            }
            index += 1
        }
        guard index > start else { return start + 1 }
        steps += index - start
        counts[hasher.finalize(), default: 0] += 1
        return index
    }
}

extension UnsafeRawBufferPointer {
    /// The end of spaces and a list's `1. ` or `a. ` at the start of a line.
    fileprivate func endOfListMark(from start: Int) -> Int {
        var index = start
        while index < count, self[index] == UInt8(ascii: " ") { index += 1 }
        var end = index
        while end < count, end - index < 6, self[end].isDigit { end += 1 }
        if end == index {
            while end < count, end - index < 6, [0x69, 0x76, 0x78, 0x6C].contains(self[end]) { end += 1 }  // i, v, x, l
        }
        if end == index, end < count, self[end].isLetter { end += 1 }
        guard end > index, end + 1 < count, self[end] == UInt8(ascii: "."), self[end + 1] == UInt8(ascii: " ") else {
            return index
        }
        return end + 2
    }

    /// The part without spaces at both ends.
    func trimmed(_ part: Range<Int>) -> Range<Int> {
        var (start, end) = (part.lowerBound, part.upperBound)
        while start < end, self[start] == UInt8(ascii: " ") || self[start] == UInt8(ascii: "\t") { start += 1 }
        while end > start, self[end - 1] == UInt8(ascii: " ") || self[end - 1] == UInt8(ascii: "\t") { end -= 1 }
        return start..<end
    }
}
