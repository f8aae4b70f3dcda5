/// Any JSON value, for parts of a body whose shape Ferry does not define.
public indirect enum JSONBody: Codable, Equatable, Sendable {
    /// Fields by name.
    case object([String: JSONBody])
    /// Values in order.
    case array([JSONBody])
    /// A string.
    case string(String)
    /// A whole number.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A Boolean.
    case boolean(Bool)
    /// No value.
    case null

    /// Reads any value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {  // Each kind is tried; the next one may fit.
            self = .boolean(flag)
        } else if let number = try? container.decode(Int.self) {  // As above.
            self = .integer(number)
        } else if let number = try? container.decode(Double.self) {  // As above.
            self = .number(number)
        } else if let text = try? container.decode(String.self) {  // As above.
            self = .string(text)
        } else if let values = try? container.decode([JSONBody].self) {  // As above.
            self = .array(values)
        } else {
            self = .object(try container.decode([String: JSONBody].self))
        }
    }

    /// Writes the value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .object(let members): try container.encode(members)
        case .array(let values): try container.encode(values)
        case .string(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .boolean(let flag): try container.encode(flag)
        case .null: try container.encodeNil()
        }
    }
}
