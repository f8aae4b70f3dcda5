/// A staged user, room or contact.
public struct StagedRecordBody: Codable, Equatable, Sendable {
    /// The record's number in the staging area.
    public var id: String
    /// What it describes: `user`, `channel` or `contact`.
    public var type: String
    /// The first import id, which selections use.
    public var importId: String
    /// The name.
    public var name: String?
    /// The username of a user.
    public var username: String?
    /// The nickname of a user.
    public var nickname: String?
    /// The addresses of a user or contact.
    public var emails: [String]?
    /// The phone numbers of a contact.
    public var phones: [String]?
    /// The roles of a user.
    public var roles: [String]?
    /// The type of a room: `c`, `p` or `d`.
    public var t: String?
    /// The topic of a room.
    public var topic: String?
    /// How many members a room has.
    public var members: Int?
    /// When the room was created in the source.
    public var ts: String?
    /// The properties that filters name.
    public var properties: [String]

    /// A record.
    public init(id: String, type: String, importId: String, properties: [String]) {
        self.id = id
        self.type = type
        self.importId = importId
        self.properties = properties
    }
}

/// How many staged records of a type have each property.
public struct RecordCountsBody: Codable, Equatable, Sendable {
    /// Users whose account is deactivated.
    public var deleted: Int?
    /// Bots.
    public var bot: Int?
    /// Guests.
    public var guest: Int?
    /// Users whose first address belongs to an account.
    public var addressTaken: Int?
    /// Archived rooms.
    public var archived: Int?
    /// Private rooms.
    public var `private`: Int?
    /// Direct rooms.
    public var direct: Int?

    /// No counts.
    public init() {}
}

/// `import.records`.
public struct RecordListResponse: ListBody {
    /// A record.
    public typealias Item = StagedRecordBody
    /// `records`.
    public static let itemsKey = "records"

    /// The records of this page, in staging order.
    public var records: [StagedRecordBody]
    /// How many of all records of the type have each property; absent unless requested.
    public var counts: RecordCountsBody?
    /// When the first message was written, ISO 8601; absent for other types.
    public var firstAt: String?
    /// When the last message was written, ISO 8601; absent for other types.
    public var lastAt: String?
    /// The operation.
    public var operationId: String
    /// How many there are on this page.
    public var count: Int
    /// How many precede it.
    public var offset: Int
    /// How many match.
    public var total: Int
    /// True.
    public var success = true

    /// A page.
    public init(
        records: [StagedRecordBody], counts: RecordCountsBody?, operationId: String, offset: Int, total: Int
    ) {
        self.records = records
        self.counts = counts
        self.operationId = operationId
        count = records.count
        self.offset = offset
        self.total = total
    }
}
