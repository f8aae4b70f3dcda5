internal import ImportDomain
internal import ImporterKit

/// The rooms that messages name, and who wrote in them. Only this grows with the file, so it is bounded.
struct LinesRooms {
    private var authorsByRoom: [ExactString: Set<ExactString>] = [:]
    private let memory = Allowance(bytes: 256 << 20)

    /// What the import id of a room begins with; its name follows.
    static let prefix = "lines-"

    /// Everybody who wrote.
    var authors: Set<ExactString> { Set(authorsByRoom.values.joined()) }

    /// Notes the room and the author of a message.
    mutating func note(_ message: MessageRecord) throws {
        let (room, author) = (ExactString(message.roomID), ExactString(message.authorID))
        guard authorsByRoom[room, default: []].insert(author).inserted else { return }
        guard memory.take(256 + 2 * (message.roomID.utf8.count + message.authorID.utf8.count)) else {
            throw ImportFileFailure(
                .limitExceeded, message: "The rooms have too many members. Split the file by room.")
        }
    }

    /// Stages the rooms, sorted, because the same file must give the same records.
    func stage(into sink: RecordSink) throws {
        for (room, authors) in authorsByRoom.sorted(by: { $0.key.text.precedesByBytes($1.key.text) }) {
            try sink.output.checkCancellation()
            let members = authors.map(\.text).sorted { $0.precedesByBytes($1) }
            try sink.stage(
                .room(
                    RoomRecord(
                        importIDs: [room.text], kind: .privateGroup,
                        name: String(room.text.dropFirst(Self.prefix.count)),
                        memberIDs: members, isIdentifiedByName: true)))
        }
    }
}
