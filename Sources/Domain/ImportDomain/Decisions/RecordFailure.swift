/// Why one record could not be imported; stored with the record.
public struct RecordFailure: Error, Equatable, Sendable {
    /// The stable names of reasons, as documented in docs/api.md.
    public enum Code: String, CaseIterable, Sendable {
        /// The record has neither an e-mail address nor a username.
        case userMissingEmailAndUsername = "importer-user-missing-email-and-username"
        /// An e-mail address belongs to an account that was there before the run.
        case userEmailTaken = "importer-user-email-taken"
        /// The username belongs to an account that was there before the run.
        case userUsernameTaken = "importer-user-username-taken"
        /// An earlier record of the same run has the same e-mail address, username or import id.
        case userDuplicateInBatch = "importer-user-duplicate-in-batch"
        /// An import id belongs to another account.
        case userImportIDTaken = "importer-user-import-id-taken"
        /// The type is neither `user` nor `bot`.
        case userInvalidType = "importer-user-invalid-type"
        /// A role was removed since the record was staged.
        case userInvalidRole = "importer-user-invalid-role"
        /// A public or private room has no name.
        case roomMissingName = "importer-channel-missing-name"
        /// A value of the user is longer than the limit of its field, or a list has too many items.
        case userValueTooLong = "importer-user-value-too-long"
        /// A value of the room is longer than the limit of its field, or a list has too many items.
        case roomValueTooLong = "importer-channel-value-too-long"
        /// The room has no import id.
        case roomMissingImportID = "importer-channel-missing-import-id"
        /// A participant of a direct room is unknown.
        case roomMissingUsers = "importer-channel-missing-users"
        /// The room's type is unknown.
        case roomInvalidKind = "importer-channel-invalid-type"
        /// The record names the general room, and the workspace has none.
        case roomGeneralNotFound = "importer-channel-general-not-found"
        /// An import id belongs to another room.
        case roomImportIDTaken = "importer-channel-import-id-taken"
        /// A room of this name is there already and is of another kind.
        case roomKindMismatch = "importer-channel-type-mismatch"
        /// A room of this name is there already, and the policy for rooms is `fail`.
        case roomNameTaken = "importer-channel-name-taken"
        /// The import id belongs to a direct room of other people.
        case roomParticipantsMismatch = "importer-channel-members-mismatch"
        /// The message has no valid timestamp.
        case messageInvalidTimestamp = "importer-message-invalid-timestamp"
        /// No account is the author.
        case messageUnknownUser = "importer-message-unknown-user"
        /// No room has the import id.
        case messageUnknownRoom = "importer-message-unknown-room"
        /// A message with this id has another author or room.
        case messageIDConflict = "importer-message-id-conflict"
        /// The message exceeds a limit.
        case messageRejected = "importer-message-rejected"
        /// The process ended each time it imported the record.
        case processEnded = "importer-process-ended"
        /// The staged document could not be decoded, or the database rejects the record.
        case internalError = "importer-internal-error"
    }

    /// The stable name of the reason.
    public let code: Code
    /// One sentence for a person.
    public let message: String
    /// The invalid field, by its wire name.
    public let field: String?
    /// The id of the conflicting account, room or message.
    public let clashesWith: String?

    /// Creates a reason.
    public init(code: Code, message: String, field: String? = nil, clashesWith: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.clashesWith = clashesWith
    }
}
