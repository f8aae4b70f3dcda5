internal import ImportDomain
internal import ImporterKit

/// The conversation of two people that rows are read into, until other people are named.
struct CurrentConversation {
    private var pair: UInt64?
    private var id = ""

    /// Goes to the conversation of two people, or of one with themselves, and stages it if it is new.
    ///
    /// - Returns: its import id.
    mutating func enter(
        _ one: NamedPerson, _ other: NamedPerson, _ conversations: Conversations, _ sink: RecordSink
    ) throws -> String {
        let wanted = UInt64(min(one.number, other.number)) << 32 | UInt64(max(one.number, other.number))
        if wanted == pair { return id }
        pair = wanted
        id = RoomIdentity.direct(one.importID, other.importID)
        if try conversations.note(pair: wanted) {
            let (first, second) = RoomIdentity.sorted(one.importID, other.importID)
            var room = RoomRecord(importIDs: [id], kind: .direct)
            room.memberIDs = first == second ? [first] : [first, second]
            try sink.stage(.room(room))
        }
        return id
    }
}
