/// How an import treats records that conflict with existing data; an addition of Ferry. An absent field has the default of
/// the call.
public struct PolicyBody: Codable, Equatable, Sendable {
    /// Users that match accounts: `fail`, `skip`, `bind` or `update`.
    public var users: String?
    /// Public rooms whose names are taken: `join`, `fail` or `rename`.
    public var rooms: String?
    /// Guests: `guest`, `user` or `skip`.
    public var guests: String?
    /// When avatars and files are downloaded: `ask` or `automatic`.
    public var downloads: String?

    /// Policies of these words.
    public init(users: String? = nil, rooms: String? = nil, guests: String? = nil, downloads: String? = nil) {
        self.users = users
        self.rooms = rooms
        self.guests = guests
        self.downloads = downloads
    }
}

/// The body of `import.run`; it may be absent, and other fields are ignored.
public struct RunBody: Codable, Equatable, Sendable {
    /// What is selected, by rules; without it everything that is staged. An addition of Ferry.
    public var selection: SelectionBody?
    /// The treatment of conflicts; an addition of Ferry.
    public var policy: PolicyBody?

    /// A body with a selection and policies.
    public init(selection: SelectionBody? = nil, policy: PolicyBody? = nil) {
        self.selection = selection
        self.policy = policy
    }
}
