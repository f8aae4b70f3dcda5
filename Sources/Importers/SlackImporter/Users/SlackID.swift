internal import ImporterKit
internal import JSON

/// The form of Slack's ids: capital letters and digits, a letter first that says of what.
enum SlackID {
    /// Whether the text has the form; tools by others write names in place of ids.
    static func matches(_ text: String) -> Bool { text.utf8.count > 1 && text.utf8.allSatisfy(isPart) }

    /// Whether a part of a text has the form and begins with one of some letters. Words in capital letters that are
    /// shorter than ids are no ids.
    static func matches(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, startingWith letters: StaticString
    ) -> Bool {
        guard end - start > 1, letters.withUTF8Buffer({ $0.contains(bytes[start]) }) else { return false }
        var hasDigit = false
        for byte in bytes[start..<end] {
            hasDigit = hasDigit || byte.isDigit
            guard isPart(byte) else { return false }
        }
        return hasDigit || end - start >= 9
    }

    private static func isPart(_ byte: UInt8) -> Bool { byte.isDigit || byte &- UInt8(ascii: "A") < 26 }
}
