/// The type of a staged record; the order of the cases is the order of import.
public enum RecordType: String, CaseIterable, Sendable {
    /// A person or bot.
    case user
    /// A contact of the omnichannel address book.
    case contact
    /// A public, private or direct room.
    case room
    /// A message in a room.
    case message
}
