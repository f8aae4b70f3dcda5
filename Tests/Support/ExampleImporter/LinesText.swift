internal import ImporterKit

/// Finds whom a text mentions. In this chat a mention is a word that begins with `@`; the rest of it is the name.
enum LinesText {
    /// The import ids of the people mentioned, each once.
    static func mentionIDs(in text: String) -> [String] {
        var mentions = MentionList()
        for word in text.split(whereSeparator: \.isWhitespace) where word.first == "@" && word.count > 1 {
            guard mentions.insert(String(word.dropFirst())) else { break }
        }
        return mentions.ids
    }
}
