import ImportDomain
import JSON

extension JSONReader {
    /// A moment: milliseconds since 1970 as a number or as digits, ISO 8601, or `{"$date": …}`; nil for anything else.
    ///
    /// Source: docs/importers.md, "Times".
    mutating func moment() throws -> Timestamp? {
        switch try kind() {
        case .number:
            let number = try readNumber().double
            return abs(number) <= Timestamp.largestMilliseconds ? Timestamp(milliseconds: Int64(number)) : nil
        case .string: return Timestamp(text: try readString())
        case .object:
            var moment: Timestamp?
            try beginObject()
            while let key = try nextKey() {
                if key == "$date" { moment = try self.moment() } else { try skipValue() }
            }
            return moment
        case .boolean, .null, .array:
            try skipValue()
            return nil
        }
    }

    /// The `_id` of an object, or a text that stands for it; nil for anything else.
    mutating func identity() throws -> String? {
        guard try kind() == .object else {
            guard try kind() == .string else {
                try skipValue()
                return nil
            }
            return try readString()
        }
        var id: String?
        try beginObject()
        while let key = try nextKey() {
            if key == "_id" { id = try coercedText() } else { try skipValue() }
        }
        return id
    }

    /// The text of an array; nil for any other kind of value, and for an empty one.
    mutating func array() throws -> String? {
        guard try kind() == .array else {
            try skipValue()
            return nil
        }
        let value = try readValue()
        return value.elements.isEmpty ? nil : value.serialized()
    }
}

extension JSONValue {
    /// The elements of an array; none for anything else.
    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}

extension Timestamp {
    /// The latest moment that JavaScript can tell, which is what clients are written in.
    static let largestMilliseconds = 8.64e15

    /// A timestamp of digits (milliseconds since 1970) or in ISO 8601; nil for anything else.
    init?(text: String) {
        guard let milliseconds = Double(text) else {
            self.init(iso8601: text)
            return
        }
        guard abs(milliseconds) <= Self.largestMilliseconds else { return nil }
        self.init(milliseconds: Int64(milliseconds))
    }
}
