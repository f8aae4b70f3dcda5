/// The room that rows are read into, until another one is named.
struct CurrentRoom {
    private(set) var name = ""
    private(set) var id = ""
    private(set) var isListed = false

    /// Goes to a room.
    mutating func enter(_ name: String, _ conversations: Conversations) {
        if name == self.name { return }
        self.name = name
        id = RoomIdentity.room(named: name)
        isListed = conversations.isListed(room: id)
    }
}
