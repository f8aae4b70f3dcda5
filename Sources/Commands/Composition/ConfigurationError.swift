/// A value that configures nothing.
public struct ConfigurationError: Error, CustomStringConvertible, Sendable {
    /// The key, as the environment calls it.
    public let key: String
    /// The value, without secrets.
    public let value: String
    /// What to do.
    public let advice: String

    /// The refusal as people read it.
    public var description: String { "\(key) cannot be \"\(value)\". \(advice)" }
}
