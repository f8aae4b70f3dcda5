internal import ImportDomain
internal import ImporterKit

/// Applies the limits of strings in one definition, and remembers which fields exceeded them.
struct LengthLimits {
    /// Fields whose values were too long and are cut, or left out where a part of the value is useless; each once.
    private(set) var exceeded: [String] = []

    /// The value without white space at its ends, cut at a limit.
    mutating func shortened(_ text: String?, _ maximumBytes: Int, _ field: String) -> String? {
        guard let text = text?.trimmedIfNotBlank else { return nil }
        if text.utf8.count > maximumBytes { note(field) }
        return text.clipped(toBytes: maximumBytes)
    }

    /// The value without white space at its ends; nil beyond a limit.
    mutating func whole(_ text: String?, _ maximumBytes: Int, _ field: String) -> String? {
        guard let text = text?.trimmedIfNotBlank else { return nil }
        guard text.utf8.count <= maximumBytes else {
            note(field)
            return nil
        }
        return text
    }

    /// Notes a field that exceeds a limit.
    mutating func note(_ field: String) {
        if !exceeded.contains(field) { exceeded.append(field) }
    }
}
