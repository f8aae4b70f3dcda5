import JSON

/// What attachments of hostile sources may hold.
///
/// Source: docs/importers.md, "Attachments".
enum AttachmentRules {
    /// The attachments without addresses that clients must not follow: only http(s) and paths of the workspace stay.
    ///
    /// - Parameter text: the text of a JSON array.
    static func safe(_ text: String) -> String {
        // Without a colon there is no scheme, and nothing to look at more closely.
        guard text.utf8.contains(UInt8(ascii: ":")), let value = try? JSONValue(parsing: Array(text.utf8)) else {
            // What cannot be read back was never stored as JSON.
            return text
        }
        return cleaned(value).serialized()
    }

    /// Whether clients may follow an address.
    static func isSafe(_ address: String) -> Bool {
        let start = address.drop { $0.isWhitespace || $0.unicodeScalars.allSatisfy { $0.value < 0x20 } }.lowercased()
        return start.hasPrefix("https://") || start.hasPrefix("http://")
            || start.hasPrefix("/") && !start.hasPrefix("//")
    }

    private static func cleaned(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                members.compactMap { member in
                    if isAddress(member.key), case .string(let address) = member.value, !isSafe(address) { return nil }
                    return JSONMember(key: member.key, value: cleaned(member.value))
                })
        case .array(let elements): .array(elements.map(cleaned))
        default: value
        }
    }

    private static func isAddress(_ key: String) -> Bool {
        key.hasSuffix("_url") || key.hasSuffix("_link") || key.hasSuffix("_icon") || key == "url" || key == "link"
    }
}
