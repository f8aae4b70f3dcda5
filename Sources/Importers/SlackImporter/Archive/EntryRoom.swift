/// The room that the messages of an entry are in.
struct EntryRoom {
    var room: SlackRoomIndex.Room
    /// What the unknown room is remembered by; nil for a room that the export describes.
    var unknownKey: String?
    /// What the room is called, if it is unknown.
    let name: String
    let workspace: String?
    /// The person in the room whom the entry's name tells, if it is unknown.
    var namedPerson: String?
    /// Whether elements that do not look like messages are no faults, because the entry's name does not tell what it
    /// holds.
    var isGuess = false
    /// How many messages were staged.
    var stagedCount = 0
    /// How many elements did not look like messages.
    var otherCount = 0
}
