/// The body of `settings/<id>`.
public struct SettingBody: Codable, Equatable, Sendable {
    /// The value: a string, a Boolean or a whole number.
    public var value: JSONBody

    /// A value.
    public init(value: JSONBody) { self.value = value }
}
