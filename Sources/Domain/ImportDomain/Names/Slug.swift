import Foundation

/// Names derived from free text.
public enum Slug {
    /// A username: lower-case ASCII of any script; separators become dots, and only `0-9 a-z - _ .` remain.
    ///
    /// Empty if no character of the text is allowed in a username.
    public static func username(of text: String) -> String {
        joined(latin(text).lowercased()) { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || "-_.".unicodeScalars.contains(scalar)
        }
    }

    /// The text with dots in place of separators, and without other signs.
    public static func spacedName(of text: String) -> String {
        joined(text) { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "-_.".unicodeScalars.contains(scalar)
        }
    }

    /// The name of a room: letters, digits, `-`, `_` and `.`, letter case kept. Text without any such character stays
    /// unchanged.
    ///
    /// Source: Rocket.Chat's rule for room names, `[0-9a-zA-Z-_.]+`.
    public static func roomName(of text: String) -> String {
        if text.utf8.allSatisfy(isPlain) { return text }
        var slug: [UInt8] = []
        for byte in latin(text).utf8 {
            if isPlain(byte) {
                slug.append(byte)
            } else if byte < 0x80, let last = slug.last, last != UInt8(ascii: "-") {
                slug.append(UInt8(ascii: "-"))
            }
        }
        while slug.last == UInt8(ascii: "-") { slug.removeLast() }
        return slug.isEmpty ? text : String(decoding: slug, as: UTF8.self)
    }

    /// The text in Latin letters without marks.
    private static func latin(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        return text.applyingTransform(StringTransform("Any-Latin; Latin-ASCII"), reverse: false) ?? text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func joined(_ text: String, keeping isKept: (Unicode.Scalar) -> Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isKept(scalar) {
                result.append(scalar)
            } else if isSeparator(scalar), let last = result.last, last != "." {
                result.append(".")
            }
        }
        return String(result).trimmingCharacters(in: CharacterSet(charactersIn: "."))
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "/\\+,;:&|".unicodeScalars.contains(scalar)
    }
}
