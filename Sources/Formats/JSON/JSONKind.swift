/// The type of a JSON value.
public enum JSONKind: String, Sendable {
    /// Fields between braces.
    case object
    /// Elements between brackets.
    case array
    /// A string.
    case string
    /// A number in decimal notation.
    case number
    /// `true` or `false`.
    case boolean
    /// `null`.
    case null

    /// The kind of a value that begins with `byte`; nil if no value does.
    @inline(__always)
    init?(startingWith byte: UInt8) {
        switch byte {
        case ASCII.quote: self = .string
        case ASCII.openBrace: self = .object
        case ASCII.openBracket: self = .array
        case ASCII.minus, ASCII.zero...ASCII.nine: self = .number
        case ASCII.t, ASCII.f: self = .boolean
        case ASCII.n: self = .null
        default: return nil
        }
    }

    /// The kind with its article, for messages.
    public var withArticle: String {
        switch self {
        case .object, .array: "an \(rawValue)"
        case .string, .number, .boolean: "a \(rawValue)"
        case .null: rawValue
        }
    }
}
