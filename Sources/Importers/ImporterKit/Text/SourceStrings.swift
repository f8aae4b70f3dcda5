internal import ImportDomain
internal import JSON

// What importers ask of strings of a source: an extension, so that it reads as a property of the string.
extension String {
    /// The string without white space at its ends; nil if nothing remains.
    public var trimmedIfNotBlank: String? {
        let trimmed = CaseFolding.trim(self)
        return trimmed.isEmpty ? nil : trimmed
    }

    /// Whether the bytes of the string come before those of another, so that sorting never depends on how Unicode
    /// compares characters.
    public func precedesByBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }

    /// Whether the text is an http(s) address; anything else is never stored as one.
    public var isWebAddress: Bool {
        let start = prefix(8).lowercased()
        return start.hasPrefix("https://") ? utf8.count > 8 : start.hasPrefix("http://") && utf8.count > 7
    }

    /// An address without white space at both ends.
    public var trimmedAddress: String {
        guard let first = utf8.first, let last = utf8.last, first.isSpace || last.isSpace else { return self }
        let rest = utf8.drop(while: \.isSpace)
        guard let end = rest.lastIndex(where: { !$0.isSpace }) else { return "" }
        return String(Substring(rest[...end]))
    }
}
