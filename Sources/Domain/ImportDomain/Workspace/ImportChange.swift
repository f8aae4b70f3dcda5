/// What an import changed of something that was there before it: the value of one field, before and after.
///
/// What an import makes needs no such record, because it carries the import's number.
public struct ImportChange: Equatable, Sendable {
    /// What was changed.
    public enum Subject: Equatable, Sendable {
        /// A room.
        case room(RoomID)
        /// A message.
        case message(MessageID)
    }

    /// What was changed.
    public let subject: Subject
    /// The field, by the name that the store gives it.
    public let field: String
    /// The value before the import, as text; nil where there was none.
    public let before: String?
    /// The value that the import wrote, as text; nil where there is none.
    public let after: String?

    /// Creates a change.
    public init(_ subject: Subject, field: String, before: String?, after: String?) {
        self.subject = subject
        self.field = field
        self.before = before
        self.after = after
    }
}
