import Foundation

/// The form in which usernames, e-mail addresses and room names are compared: without letter case and surrounding white
/// space.
///
/// Two spellings that fold alike are the same name everywhere: at intake, in the unique indexes, at sign-in.
/// Source: docs/guarantees.md, "Names and addresses".
public enum CaseFolding {
    /// The folded form of a name or address.
    ///
    /// ASCII, nearly every value of a real import, needs no intermediate string. Other text is mapped to upper case,
    /// then to lower case, and composed (NFC). This joins pairs that lower case alone keeps apart (`ß` and `SS`, final
    /// and medial sigma). Two exceptions: dotless `ı` differs from `i`, although its upper case is `I`, and `ẞ` equals
    /// `ß`, although the upper case of `ß` is `SS`.
    /// Source: Unicode's CaseFolding.txt, status C and F.
    public static func key(_ text: String) -> String {
        if isFolded(text) { return text }
        var text = text
        let folded: String? = text.withUTF8 { utf8 in
            var start = 0
            var end = utf8.count
            while start < end, isSpace(utf8[start]) { start += 1 }
            while end > start, isSpace(utf8[end - 1]) { end -= 1 }
            guard utf8[start..<end].allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(unsafeUninitializedCapacity: end - start) { target in
                for index in start..<end {
                    let byte = utf8[index]
                    let isUpperCase = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                    target[index - start] = isUpperCase ? byte | 0x20 : byte
                }
                return end - start
            }
        }
        if let folded { return folded }
        var scalars = String.UnicodeScalarView()
        for scalar in trim(text).unicodeScalars {
            switch scalar {
            case "\u{131}": scalars.append(scalar)
            case "\u{1E9E}": scalars.append(contentsOf: "ss".unicodeScalars)
            default:
                for upper in scalar.properties.uppercaseMapping.unicodeScalars {
                    scalars.append(contentsOf: upper.properties.lowercaseMapping.unicodeScalars)
                }
            }
        }
        return String(scalars).precomposedStringWithCanonicalMapping
    }

    /// Whether the text is its own key, as most usernames and addresses are: visible ASCII without capitals.
    private static func isFolded(_ text: String) -> Bool {
        let utf8 = text.utf8
        guard let first = utf8.first, let last = utf8.last, isVisible(first), isVisible(last) else { return false }
        return utf8.allSatisfy { $0 < 0x80 && !($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z")) }
    }

    /// The text without white space at its ends.
    public static func trim(_ text: String) -> String {
        // Nearly every value begins and ends with a visible ASCII character, and stays as it is.
        if let first = text.utf8.first, let last = text.utf8.last, isVisible(first), isVisible(last) { return text }
        guard let first = text.unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = text.unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(text.unicodeScalars[first...last])
    }

    private static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}
