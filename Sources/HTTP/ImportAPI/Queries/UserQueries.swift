/// The query of `users.info`; exactly one of the first four names the account.
public struct UserQuery: Codable, Equatable, Sendable {
    /// The account's id.
    public var userId: String?
    /// The account's username.
    public var username: String?
    /// An id of the account in its source.
    public var importId: String?
    /// An e-mail address of the account.
    public var email: String?
    /// Whether the account's rooms are returned as well.
    public var includeUserRooms: Bool?

    /// A query that names no account yet.
    public init() {}
}

/// The query of `users.list`.
public struct UserListQuery: Paged, Codable, Equatable, Sendable {
    /// How many accounts to skip.
    public var offset: Int?
    /// How many accounts to return at most.
    public var count: Int?
    /// The order: a JSON object of one field.
    public var sort: String?
    /// Only the account with this e-mail address.
    public var email: String?

    /// The first page of all accounts.
    public init() {}
}

/// The query of `users.getAvatar`; exactly one of both names the account.
public struct AvatarQuery: Codable, Equatable, Sendable {
    /// The account's id.
    public var userId: String?
    /// The account's username.
    public var username: String?

    /// A query that names no account yet.
    public init() {}
}
