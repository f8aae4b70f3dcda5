/// A JSON value in memory, for values of unknown shape.
///
/// Objects keep the order of their fields, and the order matters for equality.
public enum JSONValue: Equatable, Sendable {
    /// Fields in the order of the text.
    case object([JSONMember])
    /// Elements.
    case array([JSONValue])
    /// A string.
    case string(String)
    /// A number as a literal.
    case number(JSONNumber)
    /// A Boolean.
    case boolean(Bool)
    /// Nothing.
    case null

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: the JSON text.
    ///   - limits: limits of nesting.
    /// - Throws: `JSONError` if the text is invalid.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var text = text
        self = try text.withUTF8 { Self.parse(UnsafeRawBufferPointer($0), limits) }.get()
    }

    /// Reads a text in UTF-8.
    ///
    /// - Parameters:
    ///   - bytes: the JSON text.
    ///   - limits: limits of nesting.
    /// - Throws: `JSONError` if the text is invalid.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self = try bytes.withUnsafeBytes { Self.parse($0, limits) }.get()
    }

    /// The kind of the value.
    public var kind: JSONKind {
        switch self {
        case .object: .object
        case .array: .array
        case .string: .string
        case .number: .number
        case .boolean: .boolean
        case .null: .null
        }
    }

    /// The value of an object's field; nil if it is absent, and for values that are not objects.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key && ExactKey($0.key) == ExactKey(key) }?.value
    }

    /// The value as a JSON text without white space.
    public func serialized() -> String {
        var writer = JSONWriter()
        writer.value(self)
        return writer.text
    }

    /// A result, because the buffers' closures do not support typed errors.
    private static func parse(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) -> Result<JSONValue, JSONError> {
        do throws(JSONError) {
            var reader = JSONReader(bytes, limits: limits)
            let value = try reader.readValue()
            try reader.finish()
            return .success(value)
        } catch {
            return .failure(error)
        }
    }
}

/// One field of a JSON object.
public struct JSONMember: Equatable, Sendable {
    /// The name.
    public var key: String
    /// The value.
    public var value: JSONValue

    /// Creates a member.
    public init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}
