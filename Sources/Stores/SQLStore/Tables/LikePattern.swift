/// Patterns for LIKE, in which nothing of what people type has a meaning of its own.
enum LikePattern {
    /// Matches values of `lower(…)` that hold the text; databases agree on the lower case of ASCII only.
    ///
    /// - Parameter keepingCase: whether it is compared with the values themselves, to be exact in PostgreSQL and blind
    ///   to the case of ASCII letters in SQLite.
    static func containing(_ text: String, keepingCase: Bool = false) -> String {
        var pattern = "%"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%", "_", "\\":
                pattern += "\\"
                pattern.unicodeScalars.append(scalar)
            case "A"..."Z" where !keepingCase: pattern.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
            case "\0": continue
            default: pattern.unicodeScalars.append(scalar)
            }
        }
        return pattern + "%"
    }
}
