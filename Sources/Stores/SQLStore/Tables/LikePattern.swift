/// Patterns for LIKE, in which nothing of what people type has a meaning of its own.
enum LikePattern {
    /// Matches values of `lower(…)` that hold the text; databases agree on the lower case of ASCII only.
    static func containing(_ text: String) -> String {
        var pattern = "%"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%", "_", "\\":
                pattern += "\\"
                pattern.unicodeScalars.append(scalar)
            case "A"..."Z": pattern.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
            case "\0": continue
            default: pattern.unicodeScalars.append(scalar)
            }
        }
        return pattern + "%"
    }
}
