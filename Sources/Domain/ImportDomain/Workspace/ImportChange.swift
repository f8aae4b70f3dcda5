/// A change that an import made to existing data: one field, before and after.
///
/// Data that an import creates has the import's number instead. An undo restores the previous value of a field if the
/// present value is still the new one.
public struct ImportChange: Equatable, Sendable {
    /// What was changed.
    public enum Subject: Equatable, Sendable {
        /// A room.
        case room(RoomID)
        /// A message.
        case message(MessageID)
        /// An account.
        case user(UserID)
    }

    /// What was changed.
    public let subject: Subject
    /// The field, by its name in the store; `emails` are all addresses of an account.
    public let field: String
    /// The previous value as a string; nil if there was none.
    public let before: String?
    /// The new value as a string; nil if there is none.
    public let after: String?

    /// The field of all addresses of an account, as one JSON array.
    public static let emailsField = "emails"
    /// The field of the followers of a thread that an import added replies to.
    public static let followersField = "followers"

    /// Creates a change.
    public init(_ subject: Subject, field: String, before: String?, after: String?) {
        self.subject = subject
        self.field = field
        self.before = before
        self.after = after
    }
}
