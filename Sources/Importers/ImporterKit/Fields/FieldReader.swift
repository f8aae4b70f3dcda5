internal import ImportDomain
public import JSON

/// Reads one element of an export whose values may not be of the kinds that its source documents.
///
/// Exports by other tools have null, numbers and strings in each other's places, and a wrong one must not cost the
/// element that it is in. A value that cannot be read is skipped and noted under the names of the fields around it,
/// such as `attachments[].text`. Null is no value, and neither is an empty string or list where a list or object
/// belongs.
public struct FieldReader {
    private var json: JSONReader
    private let faults: FieldFaults
    /// The names of the fields around the one that is read, the outermost first.
    private var path: [String]
    /// The name of the field whose value is due; empty for the element itself.
    private var field: String
    private var depth = 0

    /// A reader of an element.
    ///
    /// - Parameters:
    ///   - json: a reader at the element's start.
    ///   - faults: takes what cannot be read.
    ///   - path: the names of the fields that the element stands in.
    public init(_ json: JSONReader, faults: FieldFaults, in path: [String] = [], field: String = "") {
        self.json = json
        self.faults = faults
        self.path = path
        self.field = field
        depth = field.isEmpty ? 0 : 1
    }

    /// The kind of the next value.
    @inline(__always)
    public mutating func kind() throws(JSONError) -> JSONKind { try json.kind() }

    /// Goes behind the next value.
    public mutating func skipValue() throws(JSONError) { try json.skipValue() }

    /// The next value, whatever it is.
    public mutating func readValue() throws(JSONError) -> JSONValue { try json.readValue() }

    /// Goes behind the next value, and returns a reader for it: for values that can be read only after what follows
    /// them. The reader is valid as long as the bytes of the element.
    public mutating func readLater() throws(JSONError) -> FieldReader {
        let range = try json.readRaw()
        return FieldReader(json.reader(of: range), faults: faults, in: path, field: field)
    }
}

extension FieldReader {
    /// Enters the next value, which has to be an object.
    public mutating func beginObject() throws(JSONError) {
        try json.beginObject()
        enter()
    }

    /// Enters the next value, which has to be an array.
    public mutating func beginArray() throws(JSONError) {
        try json.beginArray()
        enter()
        field = "[]"
    }

    /// Goes to the next field that the table knows; nil when the object has ended.
    @inline(__always)
    public mutating func nextField<Field>(_ table: FieldTable<Field>) throws(JSONError) -> Field? {
        guard let place = try json.nextKey(among: table.keys) else {
            leave()
            return nil
        }
        field = table.names[place]
        return table.fields[place]
    }

    /// Goes to the next field; nil when the object has ended.
    public mutating func nextKey() throws(JSONError) -> String? {
        guard let key = try json.nextKey() else {
            leave()
            return nil
        }
        field = key
        return key
    }

    /// Goes to the next element; false when the array has ended.
    @inline(__always)
    public mutating func nextElement() throws(JSONError) -> Bool {
        if try json.nextElement() { return true }
        leave()
        return false
    }

    /// The element itself has no name, so most elements need no path.
    @inline(__always)
    private mutating func enter() {
        if depth > 0 { path.append(field) }
        depth += 1
    }

    @inline(__always)
    private mutating func leave() {
        depth -= 1
        field = depth > 0 ? path.removeLast() : ""
    }
}

extension FieldReader {
    /// The string; a number counts as its digits, everything else as nothing.
    @inline(__always)
    public mutating func text() throws(JSONError) -> String? {
        switch try json.kind() {
        case .string: return try json.readString()
        case .number: return try json.readNumber().literal
        default:
            try skip(insteadOf: .text)
            return nil
        }
    }

    /// The string unless it is empty.
    @inline(__always)
    public mutating func nonEmptyText() throws(JSONError) -> String? {
        guard let text = try text(), !text.isEmpty else { return nil }
        return text
    }

    /// The text of a time unless it is empty.
    ///
    /// - Parameter number: converts a number, whose literal may lack digits.
    public mutating func time(ofNumber number: (_ literal: String) -> String) throws(JSONError) -> String? {
        switch try json.kind() {
        case .number: return number(try json.readNumber().literal)
        case .string:
            let text = try json.readString()
            return text.isEmpty ? nil : text
        default:
            try skip(insteadOf: .time)
            return nil
        }
    }

    /// Whether the value is `true` or says so in another kind.
    ///
    /// - Parameter unreadable: what any value means that is neither true nor false, null aside: what lets fewer people
    ///   read.
    public mutating func flag(unreadable: Bool = false) throws(JSONError) -> Bool {
        switch try json.kind() {
        case .boolean: return try json.readBoolean()
        case .number: return try json.readNumber().double != 0
        case .string:
            switch try json.readString().lowercased() {
            case "true", "yes", "1": return true
            case "false", "no", "0", "": return false
            default:
                note(.string, .flag)
                return unreadable
            }
        case .null:
            try json.readNull()
            return false
        case .object, .array:
            try skip(insteadOf: .flag)
            return unreadable
        }
    }

    /// The whole number, also when it is written as a string.
    public mutating func wholeNumber() throws(JSONError) -> Int? {
        switch try json.kind() {
        case .number: return try json.readNumber().integer
        case .string:
            let text = try json.readString()
            let number = Int(text)
            if number == nil, !text.isEmpty { note(.string, .number) }
            return number
        default:
            try skip(insteadOf: .number)
            return nil
        }
    }

    /// Enters the object, or skips a value of another kind.
    ///
    /// - Returns: whether it is an object.
    @inline(__always)
    public mutating func enterObject() throws(JSONError) -> Bool {
        guard try json.kind() == .object else {
            try skip(insteadOf: .object)
            return false
        }
        try beginObject()
        return true
    }

    /// Enters the array, or skips a value of another kind.
    ///
    /// - Returns: whether it is an array.
    @inline(__always)
    public mutating func enterArray() throws(JSONError) -> Bool {
        guard try json.kind() == .array else {
            try skip(insteadOf: .array)
            return false
        }
        try beginArray()
        return true
    }
}

extension FieldReader {
    /// Notes that a field of the object that was just read is of a kind that does not belong there.
    public func note(_ key: String, _ kind: JSONKind, _ expected: FieldFaults.Expected) {
        faults.add(Self.name(path + [field, key]), kind, expected)
    }

    /// Notes that the value that was just read is of a kind that does not belong there.
    public func note(_ kind: JSONKind, _ expected: FieldFaults.Expected) {
        faults.add(Self.name(path + [field]), kind, expected)
    }

    @inline(never)
    private mutating func skip(insteadOf expected: FieldFaults.Expected) throws(JSONError) {
        let kind = try json.kind()
        let isList = expected == .object || expected == .array
        switch kind {
        case .null: return try json.readNull()
        case .string where isList: if try json.readString().isEmpty { return }
        case .array where isList:
            try json.beginArray()
            var isEmpty = true
            while try json.nextElement() { isEmpty = false }
            if isEmpty { return }
        case .object where isList:
            try json.beginObject()
            var isEmpty = true
            while try json.nextKey() != nil { isEmpty = false }
            if isEmpty { return }
        default: try json.skipValue()
        }
        if depth > 0 { note(kind, expected) }
    }

    /// The path of a field; keys are the export's to choose, so it is bounded.
    private static func name(_ path: [String]) -> String {
        var name = ""
        for part in path.prefix(12) where !part.isEmpty {
            if !name.isEmpty, part != "[]" { name += "." }
            name += part.clipped(toBytes: 64)
        }
        return name
    }
}
