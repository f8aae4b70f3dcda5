/// An invalid configuration value.
public struct ConfigurationError: Error, CustomStringConvertible, Sendable {
    /// The key, as in the environment.
    public let key: String
    /// The value, without secrets.
    public let value: String
    /// What to do.
    public let advice: String

    /// The error as a sentence.
    public var description: String { "\(key) cannot be \"\(value)\". \(advice)" }
}
