internal import JSON

/// Reading of values whose kind is not what Slack documents: exports by other tools have null, numbers and texts in
/// each other's places, and a wrong one must not cost the message that it is in.
extension JSONReader {
    /// The text; a number counts as its digits, everything else as nothing.
    @inline(__always)
    mutating func text() throws(JSONError) -> String? {
        switch try kind() {
        case .string: return try readString()
        case .number: return try readNumber().literal
        default:
            try skipValue()
            return nil
        }
    }

    /// The text unless it is empty.
    @inline(__always)
    mutating func nonEmptyText() throws(JSONError) -> String? {
        guard let text = try text(), !text.isEmpty else { return nil }
        return text
    }

    /// Whether the value is `true` or says so in another kind.
    ///
    /// - Parameter unreadable: what any value means that is neither true nor false, null aside: what lets fewer people
    ///   read.
    mutating func flag(unreadable: Bool = false) throws(JSONError) -> Bool {
        switch try kind() {
        case .boolean: return try readBoolean()
        case .number: return try readNumber().double != 0
        case .string:
            switch try readString().lowercased() {
            case "true", "yes", "1": return true
            case "false", "no", "0", "": return false
            default: return unreadable
            }
        case .null:
            try readNull()
            return false
        default:
            try skipValue()
            return unreadable
        }
    }

    /// The whole number, also when it is written as a text.
    mutating func wholeNumber() throws(JSONError) -> Int? {
        switch try kind() {
        case .number: return try readNumber().integer
        case .string: return Int(try readString())
        default:
            try skipValue()
            return nil
        }
    }

    /// Enters the object, or skips what is none.
    ///
    /// - Returns: whether it is an object.
    mutating func enterObject() throws(JSONError) -> Bool {
        guard try kind() == .object else {
            try skipValue()
            return false
        }
        try beginObject()
        return true
    }

    /// Enters the array, or skips what is none.
    ///
    /// - Returns: whether it is an array.
    mutating func enterArray() throws(JSONError) -> Bool {
        guard try kind() == .array else {
            try skipValue()
            return false
        }
        try beginArray()
        return true
    }

    /// The texts of an array, without those that are empty or of another kind; none when it is no array.
    mutating func texts() throws(JSONError) -> [String] {
        guard try enterArray() else { return [] }
        var texts: [String] = []
        while try nextElement() {
            if let text = try nonEmptyText() { texts.append(text) }
        }
        return texts
    }
}
