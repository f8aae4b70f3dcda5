internal import ImportDomain
internal import ImporterKit
internal import JSON

/// Finds the people that a text mentions.
///
/// A mention is `@` and a name that `users.csv` has, letter case aside, or `@all` or `@here`. The `@` does not follow a
/// letter or digit, as it does in e-mail addresses; the name is followed by the end, white space or punctuation. Of
/// several names that fit, such as `mara` and `mara.vale`, it is the longest.
/// Source: docs/importers/csv.md, "Mentions".
struct CSVText {
    /// What a text comes to.
    struct Outcome: Equatable {
        /// The text, with names spelled as in `users.csv`.
        var text: String
        /// The import ids of the people mentioned, each once, in the order of the text; also `all` and `here`.
        var mentionIDs: [String]
        /// Whether the rest of the text is left as it is, because it has too many names or `@`.
        var isCutShort = false
    }

    /// How many names that nobody has are looked up for one text, besides one for each eight bytes. No text that people write needs as
    /// many; one made of nothing but `@` and punctuation would otherwise take time that grows with its square.
    private static let mostLookups = 4096

    /// Whether the text can mention anyone: most texts have no `@`.
    static func isNeeded(for text: UnsafeRawBufferPointer) -> Bool { text.contains(UInt8(ascii: "@")) }

    /// Reads a text.
    static func scan(_ text: UnsafeRawBufferPointer, people: CSVPeople) -> Outcome {
        var mentions = MentionList()
        var lookups = mostLookups + text.count / 8
        var respelled: [UInt8] = []
        var copied = 0
        var place = 0
        while place < text.count, lookups > 0, !mentions.isFull {
            guard text[place] == UInt8(ascii: "@"), place == 0 || !WordBoundary.isWord(text[place - 1]),
                let (end, importID) = mention(in: text, from: place + 1, people: people, lookups: &lookups)
            else {
                place += 1
                continue
            }
            _ = mentions.insert(importID)
            if !importID.utf8.elementsEqual(text[place + 1..<end]) {
                respelled.append(contentsOf: text[copied...place])
                respelled.append(contentsOf: importID.utf8)
                copied = end
            }
            place = end
        }
        let rest = UnsafeRawBufferPointer(rebasing: text[place...])
        let isCutShort = place < text.count && isNeeded(for: rest)
        respelled.append(contentsOf: text[copied...])
        return Outcome(
            text: String(decoding: respelled, as: UTF8.self), mentionIDs: mentions.ids, isCutShort: isCutShort)
    }

    /// The longest name behind an `@`, and where it ends.
    private static func mention(
        in text: UnsafeRawBufferPointer, from start: Int, people: CSVPeople, lookups: inout Int
    ) -> (end: Int, importID: String)? {
        let limit = min(text.count, start + max(people.longestUsername, 4))
        var end = start
        while end < limit, !text[end].isSpace { end += 1 }
        while end > start {
            if !WordBoundary.continuesWord(text, at: end) {
                let name = UnsafeRawBufferPointer(rebasing: text[start..<end])
                if let importID = people.user(named: name) ?? everybody(name) { return (end, importID) }
                // A name that is found is passed over, so it costs no more than its length.
                lookups -= 1
            }
            end -= 1
        }
        return nil
    }

    private static func everybody(_ name: UnsafeRawBufferPointer) -> String? {
        switch name.count {
        case 3 where SourceName.withFolded(name) { $0.elementsEqual("all".utf8) }: "all"
        case 4 where SourceName.withFolded(name) { $0.elementsEqual("here".utf8) }: "here"
        default: nil
        }
    }
}
