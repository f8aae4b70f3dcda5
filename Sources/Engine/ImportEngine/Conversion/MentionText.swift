/// The text of a message in which import ids of people and rooms become names.
///
/// One pass over the text: at each `@` or `#` the longest listed id that ends with its word is taken, so that the id
/// `U1` never rewrites `@U12`, whatever characters ids are made of.
/// Source: docs/importers.md, "Mentions".
struct MentionText {
    /// What stands for each id, by its folded form.
    private let people: [Name]
    private let rooms: [Name]

    private struct Name {
        let id: [UInt8]
        let name: [UInt8]
    }

    /// A rewriting of the listed ids.
    init(people: [(id: String, name: String)], rooms: [(id: String, name: String)]) {
        func names(_ pairs: [(id: String, name: String)]) -> [Name] {
            pairs.filter { $0.id != $0.name && !$0.id.isEmpty }
                .map { Name(id: $0.id.utf8.map(Self.folded), name: Array($0.name.utf8)) }
                .sorted { $0.id.count > $1.id.count }
        }
        self.people = names(people)
        self.rooms = names(rooms)
    }

    /// The text with names in place of ids.
    func rewritten(_ text: String) -> String {
        guard !people.isEmpty || !rooms.isEmpty else { return text }
        var text = text
        return text.withUTF8 { bytes in
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count + 64)
            var position = 0
            while position < bytes.count {
                let byte = bytes[position]
                result.append(byte)
                position += 1
                let candidates = byte == UInt8(ascii: "@") ? people : byte == UInt8(ascii: "#") ? rooms : []
                guard let found = candidates.first(where: { Self.matches($0.id, in: bytes, at: position) }) else {
                    continue
                }
                result.append(contentsOf: found.name)
                position += found.id.count
            }
            return String(decoding: result, as: UTF8.self)
        }
    }

    private static func matches(_ id: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        guard position + id.count <= bytes.count else { return false }
        for index in id.indices where folded(bytes[position + index]) != id[index] { return false }
        guard position + id.count < bytes.count else { return true }
        // An id that ends in the middle of a word is the beginning of another one.
        return !startsWord(bytes, at: position + id.count) || !(id.last.map(isWord) ?? false)
    }

    private static func startsWord(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        let first = bytes[position]
        guard first >= 0x80 else { return isWord(first) }
        // U+2000 to U+203F and U+3000 to U+303F are quotation marks, dashes and the like.
        return ![0xE2, 0xE3].contains(first) || position + 1 >= bytes.count || bytes[position + 1] != 0x80
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch folded(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
