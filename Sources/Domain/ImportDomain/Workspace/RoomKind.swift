/// Who can see a room, in Rocket.Chat's letters.
public enum RoomKind: String, CaseIterable, Sendable {
    /// Everybody.
    case channel = "c"
    /// Its members.
    case privateGroup = "p"
    /// Its participants, who never change.
    case direct = "d"
}
