/// A property by which administrators find and select staged records.
public enum RecordFilter: String, CaseIterable, Sendable {
    /// Users whose account is deactivated in the source.
    case deleted
    /// Users that are bots.
    case bot
    /// Users with the role of guests.
    case guest
    /// Users whose first address belongs to an account of the workspace.
    case addressTaken
    /// Archived rooms.
    case archived
    /// Private rooms; direct rooms are not among them.
    case `private`
    /// Direct rooms.
    case direct

    /// The filters of a type, in the order in which they are shown.
    public static func filters(of type: RecordType) -> [RecordFilter] {
        switch type {
        case .user: [.deleted, .bot, .guest, .addressTaken]
        case .room: [.archived, .private, .direct]
        case .contact, .message: []
        }
    }
}

/// Which staged records of a type match.
public struct RecordMatch: Equatable, Sendable {
    /// A matching record has all of these properties.
    public var filters: Set<RecordFilter>
    /// A matching record has none of these properties.
    public var exclusions: Set<RecordFilter>
    /// A matching record has this in its name, username or address, regardless of case.
    public var search: String?

    /// Every record, unless narrowed.
    public init(filters: Set<RecordFilter> = [], exclusions: Set<RecordFilter> = [], search: String? = nil) {
        self.filters = filters
        self.exclusions = exclusions
        self.search = search
    }

    /// Whether every record matches.
    public var isEverything: Bool { filters.isEmpty && exclusions.isEmpty && (search ?? "").isEmpty }

    /// Whether it depends on the accounts of the workspace.
    public var dependsOnAccounts: Bool { filters.union(exclusions).contains(.addressTaken) }
}

/// A selection by properties, evaluated when an import starts: the records that match, less some, and some others.
public struct RecordRule: Equatable, Sendable {
    /// Which records match; nil for none.
    public var match: RecordMatch?
    /// First import ids of records that are not selected although they match.
    public var except: [String]
    /// First import ids of records that are selected although they do not match.
    public var also: [String]

    /// A rule.
    public init(_ match: RecordMatch?, except: [String] = [], also: [String] = []) {
        self.match = match
        self.except = except
        self.also = also
    }
}
