/// Which of the staged records are imported.
public struct ImportSelection: Equatable, Sendable {
    /// The records of one type.
    public enum Choice: Equatable, Sendable {
        /// Every record.
        case all
        /// Records with one of these first import ids.
        case listed([String])
    }

    /// Which users.
    public var users: Choice
    /// Which rooms; `directRooms` in the list selects every direct room. Messages follow their room.
    public var rooms: Choice
    /// Which contacts.
    public var contacts: Choice

    /// The list's name for all direct rooms together.
    ///
    /// Source: `getImportFileData`, `channel_id`.
    public static let directRooms = ImportID("__directMessages__")

    /// Every record.
    public static let everything = ImportSelection(users: .all, rooms: .all, contacts: .all)

    /// Creates a selection.
    public init(users: Choice, rooms: Choice, contacts: Choice) {
        self.users = users
        self.rooms = rooms
        self.contacts = contacts
    }

    /// The types of which only listed records are selected.
    public var listedTypes: Set<RecordType> { Set(RecordType.allCases.filter { choice(of: $0) != .all }) }

    /// The selection of a type; messages follow their rooms and are never listed.
    public func choice(of type: RecordType) -> Choice {
        switch type {
        case .user: users
        case .contact: contacts
        case .room: rooms
        case .message: .all
        }
    }
}

/// How an operation was started.
public struct ImportStart: Equatable, Sendable {
    /// The account that started it.
    public let user: UserID
    /// The policies for records that conflict with existing data.
    public let policies: ImportPolicies
    /// The types of which only selected records are imported.
    public let listedTypes: Set<RecordType>

    /// Creates a start.
    public init(user: UserID, policies: ImportPolicies, listedTypes: Set<RecordType> = []) {
        self.user = user
        self.policies = policies
        self.listedTypes = listedTypes
    }
}
