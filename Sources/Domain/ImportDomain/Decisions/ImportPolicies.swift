/// How an import treats records that conflict with existing data; a parameter of every decision.
public struct ImportPolicies: Equatable, Sendable {
    /// The treatment of a user whose address or username belongs to an account without its import ids.
    public enum Users: String, CaseIterable, Sendable {
        /// The user fails. Source: `import.run`, "e-mail or username already in use".
        case fail
        /// The user is skipped, and the account stays unchanged.
        case skip
        /// The user is bound to that account, which gets the import ids and otherwise stays unchanged.
        case bind
        /// The user is bound to that account, which gets the values of the record.
        case update

        /// Whether a user may be taken for an account that does not carry its import ids.
        public var matchesPeople: Bool { self != .fail }
    }

    /// The treatment of a public room whose name belongs to a room without its import ids.
    public enum Rooms: String, CaseIterable, Sendable {
        /// The room of the record becomes that room.
        case join
        /// The room fails.
        case fail
        /// The room is created under a name with a number.
        case rename
    }

    /// The treatment of guests.
    public enum Guests: String, CaseIterable, Sendable {
        /// A guest stays a guest.
        case guest
        /// A guest becomes a user.
        case user
        /// A guest is skipped.
        case skip
    }

    /// When avatars and files are downloaded.
    public enum Downloads: String, CaseIterable, Sendable {
        /// When an administrator asks for them.
        case ask
        /// When the import ends.
        case automatic
    }

    /// The treatment of users that match accounts.
    public var users: Users
    /// The treatment of rooms whose names are taken.
    public var rooms: Rooms
    /// The treatment of guests.
    public var guests: Guests
    /// When avatars and files are downloaded.
    public var downloads: Downloads

    /// Whether users may be skipped although they are selected.
    public var skipsUsers: Bool { users == .skip || guests == .skip }

    /// Policies of the given kinds; kinds that are not given are the documented ones.
    public init(users: Users, rooms: Rooms = .join, guests: Guests = .guest, downloads: Downloads = .ask) {
        self.users = users
        self.rooms = rooms
        self.guests = guests
        self.downloads = downloads
    }

    /// The documented policies of `import.run`.
    public static let ofCalls = ImportPolicies(users: .fail)
    /// The documented policies of `startImport`.
    public static let ofFiles = ImportPolicies(users: .bind)
}
