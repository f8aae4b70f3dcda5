/// Which of the staged records are imported.
public struct ImportSelection: Equatable, Sendable {
    /// The records of one type.
    public enum Choice: Equatable, Sendable {
        /// Every record.
        case all
        /// Records with one of these first import ids.
        case listed([String])
        /// Records with none of these first import ids.
        case allExcept([String])
        /// Records by their properties; resolved to one of the other cases when an import starts.
        case matching(RecordRule)
    }

    /// Which users.
    public var users: Choice
    /// Which rooms; `directRooms` in the list selects every direct room. Messages follow their room.
    public var rooms: Choice
    /// Which contacts.
    public var contacts: Choice
    /// Whether the messages of selected rooms are imported.
    public var includesMessages: Bool

    /// The list's name for all direct rooms together.
    ///
    /// Source: `getImportFileData`, `channel_id`.
    public static let directRooms = ImportID("__directMessages__")

    /// Every record.
    public static let everything = ImportSelection(users: .all, rooms: .all, contacts: .all)

    /// Creates a selection.
    public init(users: Choice, rooms: Choice, contacts: Choice, includesMessages: Bool = true) {
        self.users = users
        self.rooms = rooms
        self.contacts = contacts
        self.includesMessages = includesMessages
    }

    /// The types of which not every record is selected.
    public var listedTypes: Set<RecordType> { Set(RecordType.allCases.filter { choice(of: $0) != .all }) }

    /// Those of `listedTypes` of which the records are listed that are not selected.
    public var excludedTypes: Set<RecordType> {
        Set(RecordType.allCases.filter { if case .allExcept = choice(of: $0) { true } else { false } })
    }

    /// The import ids that are listed of a type.
    public func listedIDs(of type: RecordType) -> [ImportID] {
        switch choice(of: type) {
        case .listed(let importIDs), .allExcept(let importIDs): importIDs.map { ImportID($0) }
        case .all, .matching: []
        }
    }

    /// The selection of a type; messages follow their rooms and are never listed.
    public func choice(of type: RecordType) -> Choice {
        switch type {
        case .user: users
        case .contact: contacts
        case .room: rooms
        case .message: includesMessages ? .all : .listed([])
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
    /// Those of `listedTypes` of which the staging area lists the records that are not selected.
    public let excludedTypes: Set<RecordType>

    /// Creates a start.
    public init(
        user: UserID, policies: ImportPolicies, listedTypes: Set<RecordType> = [],
        excludedTypes: Set<RecordType> = []
    ) {
        self.user = user
        self.policies = policies
        self.listedTypes = listedTypes
        self.excludedTypes = excludedTypes
    }

    /// The start of an import of a selection.
    public init(user: UserID, policies: ImportPolicies, selection: ImportSelection) {
        self.init(
            user: user, policies: policies, listedTypes: selection.listedTypes,
            excludedTypes: selection.excludedTypes)
    }
}
