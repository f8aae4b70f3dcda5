/// A JSON value in memory, for values whose shape is not known before they are read.
///
/// Objects keep the order of their members, and two objects with the same members in another order are not equal.
public enum JSONValue: Equatable, Sendable {
    /// Members in the order of the text.
    case object([JSONMember])
    /// Elements.
    case array([JSONValue])
    /// A text.
    case string(String)
    /// A number as it was written.
    case number(JSONNumber)
    /// A truth value.
    case boolean(Bool)
    /// Nothing.
    case null

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: the JSON text.
    ///   - limits: how deep it may nest.
    /// - Throws: why the text is refused.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var text = text
        self = try text.withUTF8 { Self.parse(UnsafeRawBufferPointer($0), limits) }.get()
    }

    /// Reads a text in UTF-8.
    ///
    /// - Parameters:
    ///   - bytes: the JSON text.
    ///   - limits: how deep it may nest.
    /// - Throws: why the text is refused.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self = try bytes.withUnsafeBytes { Self.parse($0, limits) }.get()
    }

    /// What the value is.
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

    /// The value of an object's member; nil when there is none, and for values that are not objects.
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

    /// The buffers' closures do not take typed errors, hence a result.
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

/// One member of a JSON object.
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
