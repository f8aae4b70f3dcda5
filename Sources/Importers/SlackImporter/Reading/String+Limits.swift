internal import ImportDomain

extension String {
    /// The string without white space at its ends; nil if nothing remains.
    var trimmedIfNotBlank: String? {
        let trimmed = CaseFolding.trim(self)
        return trimmed.isEmpty ? nil : trimmed
    }

    /// As many whole Unicode scalars from the start as fit in a number of UTF-8 bytes.
    func prefix(maximumBytes: Int) -> String {
        guard utf8.count > maximumBytes else { return self }
        var end = utf8.index(startIndex, offsetBy: max(0, maximumBytes))
        while end > startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    /// Whether the bytes of the string come before those of another, so that sorting never depends on how Unicode
    /// compares characters.
    func precedesByBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
