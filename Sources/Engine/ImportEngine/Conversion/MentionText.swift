import ImportDomain

/// The text of a message in which import ids of people and rooms become names.
///
/// One pass over the text: at each `@` or `#` the longest listed id that ends with its word is taken, so that the id
/// `U1` never rewrites `@U12`, whatever characters ids are made of.
/// Source: docs/importers.md, "Mentions".
struct MentionText {
    private let people: Names
    private let rooms: Names

    /// A text with names in place of ids.
    struct Rewriting: Equatable {
        /// The text.
        let text: String
        /// Whether the text ends before the end of the given one, because it would be longer than the limit.
        let isClipped: Bool
        /// How many bytes of ids were compared.
        var comparisons = 0
    }

    /// A rewriting of the listed ids.
    init(people: [(id: String, name: String)], rooms: [(id: String, name: String)]) {
        self.people = Names(people)
        self.rooms = Names(rooms)
    }

    /// The text with names in place of ids; nothing is computed beyond the limit.
    func rewritten(_ text: String, limitBytes: Int = RecordLimits.messageBytes) -> Rewriting {
        guard !people.isEmpty || !rooms.isEmpty else {
            let clipped = text.clipped(toBytes: limitBytes)
            return Rewriting(text: clipped, isClipped: clipped.utf8.count < text.utf8.count)
        }
        var text = text
        return text.withUTF8 { bytes in
            var result: [UInt8] = []
            result.reserveCapacity(min(bytes.count + 64, limitBytes))
            var (position, comparisons) = (0, 0)
            // Whether an underscore at the beginning of a word has opened italics.
            var isItalic = false
            while position < bytes.count, result.count < limitBytes {
                let byte = bytes[position]
                if byte == UInt8(ascii: "_"), position == 0 || Self.isSign(bytes[position - 1]) { isItalic = true }
                result.append(byte)
                position += 1
                guard byte == UInt8(ascii: "@") || byte == UInt8(ascii: "#"),
                    let found = (byte == UInt8(ascii: "@") ? people : rooms)
                        .longest(in: bytes, at: position, isItalic: isItalic, comparisons: &comparisons)
                else { continue }
                guard result.count + found.name.count <= limitBytes else { break }
                result.append(contentsOf: found.name)
                position += found.id.count
            }
            let isClipped = position < bytes.count
            // The last character may be cut in the middle.
            if isClipped, position > 0, bytes[position] & 0xC0 == 0x80 {
                while let last = result.last, last & 0xC0 == 0x80 { result.removeLast() }
                if result.last ?? 0 >= 0xC0 { result.removeLast() }
            }
            return Rewriting(
                text: String(decoding: result, as: UTF8.self), isClipped: isClipped, comparisons: comparisons)
        }
    }

    private struct Name {
        let id: [UInt8]
        let name: [UInt8]
    }

    /// What stands for each id, in the order of the folded ids: those that a text continues with are a range, which
    /// becomes smaller with each byte of the text.
    private struct Names {
        private let names: [Name]

        var isEmpty: Bool { names.isEmpty }

        init(_ pairs: [(id: String, name: String)]) {
            names = pairs.filter {
                $0.id != $0.name && !$0.id.isEmpty && $0.id.utf8.count <= RecordLimits.importIDBytes
            }
            .map { Name(id: $0.id.utf8.map(MentionText.folded), name: Array($0.name.utf8)) }
            .sorted { $0.id.lexicographicallyPrecedes($1.id) }
        }

        /// The longest id that the text continues with and that is no part of a longer word.
        func longest(
            in bytes: UnsafeBufferPointer<UInt8>, at position: Int, isItalic: Bool, comparisons: inout Int
        ) -> Name? {
            var (low, high, depth) = (0, names.count, 0)
            var found: Name?
            while low < high {
                if names[low].id.count == depth {
                    // Ids that differ in letter case only stand side by side; the first of them is meant.
                    if MentionText.isWhole(names[low].id, in: bytes, at: position, isItalic: isItalic) {
                        found = names[low]
                    }
                    low = boundary(from: low, to: high, &comparisons) { $0.count <= depth }
                    continue
                }
                guard position + depth < bytes.count else { break }
                let byte = MentionText.folded(bytes[position + depth])
                low = boundary(from: low, to: high, &comparisons) { $0[depth] < byte }
                high = boundary(from: low, to: high, &comparisons) { $0[depth] <= byte }
                depth += 1
            }
            return found
        }

        /// The first index whose id does not precede, found by halving.
        private func boundary(
            from start: Int, to end: Int, _ comparisons: inout Int, precedes: ([UInt8]) -> Bool
        ) -> Int {
            var (low, high) = (start, end)
            while low < high {
                let middle = low + (high - low) / 2
                comparisons += 1
                if precedes(names[middle].id) { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// An id that ends in the middle of a word is the beginning of another one.
    private static func isWhole(
        _ id: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, at position: Int, isItalic: Bool
    ) -> Bool {
        let end = position + id.count
        guard startsWord(bytes, at: end), id.last.map(isWord) ?? false else { return true }
        // Up to three underscores close italics that were opened before.
        guard isItalic else { return false }
        var rest = end
        while rest < bytes.count, rest < end + 3, bytes[rest] == UInt8(ascii: "_") { rest += 1 }
        return rest > end && !startsWord(bytes, at: rest)
    }

    private static func startsWord(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        WordBoundary.continuesWord(UnsafeRawBufferPointer(bytes), at: position)
    }

    private static func isSign(_ byte: UInt8) -> Bool { byte < 0x80 && !isWord(byte) }

    private static func isWord(_ byte: UInt8) -> Bool { byte < 0x80 && WordBoundary.isWord(byte) }

    private static func folded(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
