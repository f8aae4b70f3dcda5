/// A field that a decision would change, for people; never a secret.
public struct FieldChange: Equatable, Sendable {
    /// The field, by its wire name.
    public let field: String
    /// The previous value as JSON text; nil if there is none.
    public let from: String?
    /// The new value as JSON text; nil if there is none.
    public let to: String?

    /// Creates a change.
    public init(_ field: String, from: String?, to: String?) {
        self.field = field
        self.from = from
        self.to = to
    }
}
