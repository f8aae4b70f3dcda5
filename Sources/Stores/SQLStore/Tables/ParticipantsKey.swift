import ImportDomain

/// The participants of a direct room as one text, by which the room is found: ids in order, separated by commas.
enum ParticipantsKey {
    /// Nothing for public and private rooms.
    static func text(of room: Room) -> String? { room.kind == .direct ? text(of: room.participants) : nil }

    static func text(of participants: [UserID]) -> String {
        participants.map(\.rawValue).sorted().joined(separator: ",")
    }

    static func users(in text: String) -> [UserID] { text.split(separator: ",").map { UserID(String($0)) } }
}
