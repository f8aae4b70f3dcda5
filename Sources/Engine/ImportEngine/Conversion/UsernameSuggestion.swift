import Foundation
import ImportDomain

/// Usernames for people who come without one.
///
/// Source: Rocket.Chat's suggestions from the name, preceded by the local part of the e-mail address, which names a
/// person better than a number behind `user` (docs/importers.md, "Usernames").
enum UsernameSuggestion {
    /// Usernames to try in this order; none of them is reserved or empty.
    ///
    /// - Parameter slugify: whether usernames are written in lower-case ASCII.
    static func candidates(name: String?, address: String?, slugify: Bool) -> [String] {
        let (localPart, domain) = parts(of: address)
        var candidates: [String] = []
        if let localPart { candidates.append(localPart) }
        let words = (name ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        if !words.isEmpty { candidates.append(words.joined(separator: " ")) }
        if let first = words.first, let last = words.last, words.count > 1 {
            candidates.append(String(first.prefix(1)) + last)
            candidates.append(first + String(last.prefix(1)))
        }
        if let localPart, let domain { candidates.append(localPart + "." + domain) }

        var seen = ReservedUsernames.keys
        return candidates.compactMap { candidate in
            // Transliteration can make a text longer; a number still fits behind it.
            let username = (slugify ? slug(candidate) : plain(candidate))
                .clipped(toBytes: RecordLimits.usernameBytes - NumberedNames.suffixBytes)
            return username.isEmpty || !seen.insert(CaseFolding.key(username)).inserted ? nil : username
        }
    }

    /// The part before the `@`, and the first word of the domain.
    private static func parts(of address: String?) -> (localPart: String?, domain: String?) {
        guard let address, let at = address.lastIndex(of: "@"), at != address.startIndex else { return (nil, nil) }
        let domain = address[address.index(after: at)...].split(separator: ".").first.map(String.init)
        return (String(address[..<at]), domain)
    }

    /// Lower-case ASCII of any script; separators become dots, and only `0-9 a-z - _ .` remain.
    static func slug(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 }
        let latin =
            isPlain ? text : text.applyingTransform(StringTransform("Any-Latin; Latin-ASCII"), reverse: false) ?? text
        return joined(latin.lowercased()) { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || "-_.".unicodeScalars.contains(scalar)
        }
    }

    /// The text as it is, but for separators.
    private static func plain(_ text: String) -> String {
        joined(text) { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "-_.".unicodeScalars.contains(scalar)
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
