/// Records what imported records lack, because people or rooms that they name failed.
public protocol IncompleteRecordRecorder {
    /// Records people who were not added to rooms; a person who is recorded for a place already stays so.
    func note(_ members: [MissingMember], by number: ImportNumber) throws

    /// Records messages that name unknown people or rooms; a message that is recorded already is replaced.
    func note(_ messages: [IncompleteMessage], by number: ImportNumber) throws
}

/// Keeps what imported records lack until a retry completes them.
///
/// Source: docs/architecture.md, "Trying failed records again".
public protocol IncompleteRecordStore: IncompleteRecordRecorder {
    /// A page of the people who are missing in rooms of an import, by room and position.
    func members(of number: ImportNumber, after member: MissingMember?, limit: Int) throws -> [MissingMember]

    /// Removes people who are not missing any more.
    func remove(_ members: [MissingMember], of number: ImportNumber) throws

    /// Makes a member the owner of a room that the import created, instead of the one that stands in for that member.
    ///
    /// The one that stood in leaves the room if nobody listed them as a member and they have not written in it since.
    /// - Returns: false if the room has another owner by now; nothing has changed then.
    func handOver(_ room: RoomID, to member: MissingMember, _ user: UserID, by number: ImportNumber) throws -> Bool

    /// A page of the incomplete messages of an import, by id.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have; the first message is returned regardless of
    ///   its size.
    func messages(
        of number: ImportNumber, after message: MessageID?, limit: Int, bytes: Int
    ) throws -> [IncompleteMessage]

    /// Removes messages that are complete, or that changed otherwise.
    func remove(_ messages: [MessageID], of number: ImportNumber) throws

    /// Removes some of what is known of an import's incomplete records.
    ///
    /// - Parameter limit: the maximum of rows to remove.
    /// - Returns: whether more may be left.
    func forget(_ number: ImportNumber, limit: Int) throws -> Bool
}

/// A person whom the record of an imported room names, and whom no account was when it was imported.
public struct MissingMember: Hashable, Sendable {
    /// An account that owns a room in the place of another.
    public struct StandIn: Hashable, Sendable {
        /// The account.
        public let user: UserID
        /// Whether it is in the room for that reason alone.
        public let leaves: Bool

        /// Creates a stand-in.
        public init(_ user: UserID, leaves: Bool) {
            self.user = user
            self.leaves = leaves
        }
    }

    /// The position of the creator; members have theirs in the record, from 1.
    public static let creatorPosition = 0

    /// The room.
    public let roomID: RoomID
    /// The place in the record.
    public let position: Int
    /// The person's import id.
    public let importID: ImportID
    /// Whether a guest may join the room.
    public let admitsGuest: Bool
    /// The owner in the place of this person; nil if this person would not own the room.
    public let standIn: StandIn?

    /// Creates a missing member.
    public init(
        _ importID: ImportID, in room: RoomID, at position: Int, admitsGuest: Bool = true, standIn: StandIn? = nil
    ) {
        self.roomID = room
        self.position = position
        self.importID = importID
        self.admitsGuest = admitsGuest
        self.standIn = standIn
    }
}

/// An imported message that names people or rooms that were unknown when it was imported.
public struct IncompleteMessage: Equatable, Sendable {
    /// The message.
    public let id: MessageID
    /// The sequence of its record.
    public let sequence: RecordSequence
    /// Its record as JSON text.
    public let document: String
    /// The import ids of the unknown people.
    public let people: [ImportID]
    /// The import ids of the unknown rooms.
    public let rooms: [ImportID]

    /// Creates an incomplete message.
    public init(
        id: MessageID, sequence: RecordSequence, document: String, people: [ImportID], rooms: [ImportID]
    ) {
        self.id = id
        self.sequence = sequence
        self.document = document
        self.people = people
        self.rooms = rooms
    }
}
