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
            let username = (slugify ? Slug.username(of: candidate) : Slug.spacedName(of: candidate))
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
}
