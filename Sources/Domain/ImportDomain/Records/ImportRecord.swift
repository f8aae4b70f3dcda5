/// A record of an importer; everything past the importer is the same for every source.
public enum ImportRecord: Equatable, Sendable {
    /// A person or a program.
    case user(UserRecord)
    /// A customer of the live chat.
    case contact(ContactRecord)
    /// A channel, a private group or a direct conversation.
    case room(RoomRecord)
    /// A message.
    case message(MessageRecord)

    /// What the record describes.
    public var type: RecordType {
        switch self {
        case .user: .user
        case .contact: .contact
        case .room: .room
        case .message: .message
        }
    }
}
