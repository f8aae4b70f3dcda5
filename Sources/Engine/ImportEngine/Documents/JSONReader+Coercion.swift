import JSON

/// Reading with the conversions that Rocket.Chat's validator makes. Each throws `InvalidBody` once the value is read
/// over, so that the caller can go on behind it.
extension JSONReader {
    /// A string, nil for null; numbers and Booleans are written out, whole numbers digit by digit because they may be ids.
    mutating func coercedText() throws -> String? {
        switch try kind() {
        case .string: return try readString()
        case .number: return try readNumber().identifyingText
        case .boolean: return try readBoolean() ? "true" : "false"
        case .null:
            try readNull()
            return nil
        case .object, .array: throw try skippingWrongKind(expected: .string)
        }
    }

    /// A number, nil for null; numeric text and switches are converted.
    mutating func coercedNumber() throws -> Double? {
        switch try kind() {
        case .number: return try readNumber().double
        case .boolean: return try readBoolean() ? 1 : 0
        case .string:
            guard let number = Double(try readString()), number.isFinite else {
                throw InvalidBody(.wrongKind(expected: .number))
            }
            return number
        case .null:
            try readNull()
            return nil
        case .object, .array: throw try skippingWrongKind(expected: .number)
        }
    }

    /// A switch, nil for null; `"true"`, `"false"`, 1 and 0 are converted.
    mutating func coercedFlag() throws -> Bool? {
        switch try kind() {
        case .boolean: return try readBoolean()
        case .string:
            switch try readString() {
            case "true": return true
            case "false": return false
            default: throw InvalidBody(.wrongKind(expected: .boolean))
            }
        case .number:
            switch try readNumber().integer {
            case 1: return true
            case 0: return false
            default: throw InvalidBody(.wrongKind(expected: .boolean))
            }
        case .null:
            try readNull()
            return nil
        case .object, .array: throw try skippingWrongKind(expected: .boolean)
        }
    }

    /// A list of texts; null items become empty texts.
    mutating func coercedTexts() throws -> [String] {
        guard try kind() == .array else { throw try skippingWrongKind(expected: .array) }
        var texts: [String] = []
        var wrong: InvalidBody?
        try beginArray()
        while try nextElement() {
            do {
                texts.append(try coercedText() ?? "")
            } catch let error as InvalidBody {
                wrong = wrong ?? error
            }
        }
        if let wrong { throw wrong }
        return texts
    }

    /// A list of texts, or nil for null.
    mutating func coercedOptionalTexts() throws -> [String]? {
        guard try kind() == .null else { return try coercedTexts() }
        try readNull()
        return nil
    }

    /// The text of an object; nil for any other kind of value.
    mutating func object() throws -> String? {
        guard try kind() == .object else {
            try skipValue()
            return nil
        }
        return try readValue().serialized()
    }

    private mutating func skippingWrongKind(expected: InvalidBody.ExpectedKind) throws -> InvalidBody {
        try skipValue()
        return InvalidBody(.wrongKind(expected: expected))
    }
}
