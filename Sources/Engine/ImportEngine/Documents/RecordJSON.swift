import ImportDomain
import JSON

/// The values of records in JSON: read with the conversions that Rocket.Chat's validator makes, and written back.
///
/// Reading throws `InvalidBody` once the value is skipped, so that the caller can go on behind it.
/// Source: docs/api.md, "Conversion of types".
enum RecordJSON {
    // MARK: Reading

    /// A string, nil for null; numbers and Booleans are written out, whole numbers digit by digit because they may be ids.
    static func string(_ reader: inout JSONReader) throws -> String? {
        switch try reader.kind() {
        case .string: return try reader.readString()
        case .number: return try reader.readNumber().identifyingText
        case .boolean: return try reader.readBoolean() ? "true" : "false"
        case .null:
            try reader.readNull()
            return nil
        case .object, .array: throw try skippingWrongKind(&reader, expected: .string)
        }
    }

    /// A number, nil for null; numeric strings and Booleans are converted.
    static func number(_ reader: inout JSONReader) throws -> Double? {
        switch try reader.kind() {
        case .number: return try reader.readNumber().double
        case .boolean: return try reader.readBoolean() ? 1 : 0
        case .string:
            guard let number = Double(try reader.readString()), number.isFinite else {
                throw InvalidBody(.wrongKind(expected: .number))
            }
            return number
        case .null:
            try reader.readNull()
            return nil
        case .object, .array: throw try skippingWrongKind(&reader, expected: .number)
        }
    }

    /// A Boolean, nil for null; `"true"`, `"false"`, 1 and 0 are converted.
    static func boolean(_ reader: inout JSONReader) throws -> Bool? {
        switch try reader.kind() {
        case .boolean: return try reader.readBoolean()
        case .string:
            switch try reader.readString() {
            case "true": return true
            case "false": return false
            default: throw InvalidBody(.wrongKind(expected: .boolean))
            }
        case .number:
            switch try reader.readNumber().integer {
            case 1: return true
            case 0: return false
            default: throw InvalidBody(.wrongKind(expected: .boolean))
            }
        case .null:
            try reader.readNull()
            return nil
        case .object, .array: throw try skippingWrongKind(&reader, expected: .boolean)
        }
    }

    /// An array of strings; null elements become empty strings.
    static func strings(_ reader: inout JSONReader) throws -> [String] {
        guard try reader.kind() == .array else { throw try skippingWrongKind(&reader, expected: .array) }
        var strings: [String] = []
        var wrong: InvalidBody?
        try reader.beginArray()
        while try reader.nextElement() {
            do {
                strings.append(try string(&reader) ?? "")
            } catch let error as InvalidBody {
                wrong = wrong ?? error
            }
        }
        if let wrong { throw wrong }
        return strings
    }

    /// An array of strings, or none for null.
    static func optionalStrings(_ reader: inout JSONReader) throws -> [String] {
        guard try reader.kind() == .null else { return try strings(&reader) }
        try reader.readNull()
        return []
    }

    /// The text of an object; nil for any other kind of value.
    static func object(_ reader: inout JSONReader) throws -> String? {
        guard try reader.kind() == .object else {
            try reader.skipValue()
            return nil
        }
        return try reader.readValue().serialized()
    }

    /// The text of an array; nil for any other kind of value, and for an empty one.
    static func array(_ reader: inout JSONReader) throws -> String? {
        guard try reader.kind() == .array else {
            try reader.skipValue()
            return nil
        }
        let value = try reader.readValue()
        return if case .array(let elements) = value, !elements.isEmpty { value.serialized() } else { nil }
    }

    /// A timestamp: milliseconds since 1970 as a number or as digits, ISO 8601, or `{"$date": …}`; nil for anything else.
    ///
    /// Source: docs/importers.md, "Times".
    static func timestamp(_ reader: inout JSONReader) throws -> Timestamp? {
        switch try reader.kind() {
        case .number: return timestamp(milliseconds: try reader.readNumber().double)
        case .string:
            let text = try reader.readString()
            return if let milliseconds = Double(text) {
                timestamp(milliseconds: milliseconds)
            } else {
                Timestamp(iso8601: text)
            }
        case .object:
            var timestamp: Timestamp?
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "$date" { timestamp = try self.timestamp(&reader) } else { try reader.skipValue() }
            }
            return timestamp
        case .boolean, .null, .array:
            try reader.skipValue()
            return nil
        }
    }

    /// Clients are written in JavaScript, whose dates have this range.
    private static func timestamp(milliseconds: Double) -> Timestamp? {
        abs(milliseconds) <= 8.64e15 ? Timestamp(milliseconds: Int64(milliseconds)) : nil
    }

    /// The `_id` of an object, or a string that stands for it; nil for anything else.
    static func identity(_ reader: inout JSONReader) throws -> String? {
        switch try reader.kind() {
        case .string: return try reader.readString()
        case .object:
            var id: String?
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "_id" { id = try string(&reader) } else { try reader.skipValue() }
            }
            return id
        case .number, .boolean, .null, .array:
            try reader.skipValue()
            return nil
        }
    }

    private static func skippingWrongKind(
        _ reader: inout JSONReader, expected: InvalidBody.ExpectedKind
    ) throws -> InvalidBody {
        try reader.skipValue()
        return InvalidBody(.wrongKind(expected: expected))
    }

    // MARK: Writing

    /// Writes a timestamp, unless it is nil.
    static func write(_ timestamp: Timestamp?, for key: String, to writer: inout JSONWriter) {
        guard let timestamp else { return }
        writer.key(key)
        writer.integer(Int(timestamp.milliseconds))
    }

    /// Writes `{"_id": …}`, which is how records name people, unless the id is nil.
    static func write(identity id: String?, for key: String, to writer: inout JSONWriter) {
        guard let id else { return }
        writer.key(key)
        writer.beginObject()
        writer.text(id, for: "_id")
        writer.endObject()
    }
}
