/// Stores accounts, their e-mail addresses and import ids.
///
/// Keys are `CaseFolding` keys. Usernames, e-mail addresses and import ids are unique across all accounts.
public protocol UserStore: ImportedUsers {
    /// Records which accounts carry the import ids of an operation's staged users, some of them: nobody else of the
    /// operation is taken for these accounts, whatever the order of the records.
    ///
    /// - Parameter batch: the last batch that was looked at; 0 at first.
    /// - Returns: the batch to go on behind; nil when all were looked at.
    func describe(usersOf operation: OperationID, by number: ImportNumber, behind batch: Int64) throws -> Int64?

    /// The accounts that carry the import ids of some of an operation's staged users, as `describe` records them.
    ///
    /// - Parameter batch: the last batch that was looked at; 0 at first.
    /// - Returns: the accounts and the batch to go on behind; nil when all were looked at.
    func accounts(
        describedByUsersOf operation: OperationID, behind batch: Int64
    ) throws -> (accounts: [UserID], batch: Int64)?

    /// Records that users of an import carry import ids of these accounts.
    func describe(_ accounts: [UserID], by number: ImportNumber) throws

    /// How many usernames of accounts that an import created start with this key.
    func usernameCount(startingWith key: String, createdBy number: ImportNumber) throws -> Int

    /// Forgets what was confirmed or described by an import whose users are all imported, some of it.
    ///
    /// - Returns: whether more may be left.
    func forgetConfirmed(by number: ImportNumber, limit: Int) throws -> Bool

    /// Adds accounts, all or none.
    ///
    /// - Parameter number: the import that adds them; nil for other accounts.
    /// - Throws: `StoreError.uniqueViolation`.
    func insert(_ users: [User], by number: ImportNumber?) throws

    /// The account with this id.
    func find(id: UserID) throws -> User?

    /// The account with exactly this username, case-sensitive.
    func find(username: String) throws -> User?

    /// The account with this folded username.
    func find(usernameKey: String) throws -> User?

    /// The account with this folded e-mail address.
    func find(addressKey: String) throws -> User?

    /// The account with this import id.
    func find(importID: ImportID) throws -> User?

    /// A page of accounts; with no limit, all from the offset on.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have; the first account is returned regardless of
    ///   its size.
    func list(orderedBy order: UserOrder, offset: Int, limit: Int?, bytes: Int?) throws -> [User]

    /// How many accounts there are.
    func count() throws -> Int

    /// Whether an active account that can sign in holds the role of an administrator.
    func hasActiveAdministrator() throws -> Bool

    /// Writes an account's new values, addresses included.
    ///
    /// - Throws: `StoreError.uniqueViolation`.
    func update(_ user: User) throws

    /// Records a sign-in.
    func recordLogin(of user: UserID, at moment: Timestamp) throws

    /// Removes an account, its addresses, import ids, sessions and subscriptions; its username and name stay for
    /// `names(of:)`.
    func delete(_ user: UserID) throws
}

extension UserStore {
    /// Whether an active account that can sign in holds any of these roles.
    public func hasActiveHolder(ofAnyOf roles: Set<String>) throws -> Bool {
        try activeHolder(ofAnyOf: roles, besides: []) != nil
    }

    /// A page of accounts, regardless of their size; with no limit, all from the offset on.
    public func list(orderedBy order: UserOrder, offset: Int, limit: Int?) throws -> [User] {
        try list(orderedBy: order, offset: offset, limit: limit, bytes: nil)
    }
}

/// Accounts as rows of the store that made this list with `Store.userRows(by:)`: folded and encoded, so that the
/// transaction only writes.
public protocol UserRows: Sendable {
    /// Adds the rows of an account, which need not be kept then.
    mutating func append(_ user: User)

    /// Brings the rows into the order of the store's indexes, once all are added.
    mutating func finish()

    /// The rows of some accounts.
    ///
    /// - Parameters:
    ///   - isSelected: whether an account is one of them, by its index in the order of `append`.
    ///   - names: accounts that get another name than they were added with.
    func selecting(_ isSelected: (Int) -> Bool, names: [Int: AccountName]) -> any UserRows
}

/// Accounts that belong to records of one import.
public struct OperationAccounts: Equatable, Sendable {
    /// Accounts that the import created.
    public var made: Set<UserID>
    /// Existing accounts that the import bound to people of its source.
    public var found: Set<UserID>
    /// Accounts whose import ids records of the import have.
    public var described: Set<UserID>

    /// Accounts that were made, found and described.
    public init(made: Set<UserID> = [], found: Set<UserID> = [], described: Set<UserID> = []) {
        self.made = made
        self.found = found
        self.described = described
    }
}

/// What speaks for or against an account being the one of a record that has only the username in common with it.
public struct AccountOrigin: Equatable, Sendable {
    /// Whether an import gave it an import id that is not its username: it belongs to somebody of another source.
    public var isOfSource: Bool
    /// Whether it is of a program.
    public var isBot: Bool
    /// Whether it is active.
    public var isActive: Bool

    /// Creates an origin.
    public init(isOfSource: Bool, isBot: Bool, isActive: Bool) {
        self.isOfSource = isOfSource
        self.isBot = isBot
        self.isActive = isActive
    }
}

/// The names of an account.
public struct AccountName: Equatable, Sendable {
    /// The username.
    public let username: String?
    /// The full name.
    public let name: String?

    /// Creates a name.
    public init(username: String?, name: String?) {
        self.username = username
        self.name = name
    }
}

/// The order of a list of accounts.
public struct UserOrder: Equatable, Sendable {
    /// What accounts are compared by.
    public enum Key: String, CaseIterable, Sendable {
        /// The folded username.
        case username
        /// The full name.
        case name
        /// The time of creation.
        case createdAt
    }

    /// What accounts are compared by.
    public var key: Key
    /// Whether the largest comes first.
    public var isDescending: Bool

    /// An ascending order unless said otherwise.
    public init(_ key: Key, isDescending: Bool = false) {
        self.key = key
        self.isDescending = isDescending
    }
}

/// Keys by which accounts are looked up in bulk.
public struct AccountKeys: Sendable {
    /// Folded usernames.
    public var usernames: [String]
    /// Folded e-mail addresses.
    public var addresses: [String]
    /// Import ids, unchanged.
    public var importIDs: [ImportID]

    /// Keys of the given kinds.
    public init(usernames: [String] = [], addresses: [String] = [], importIDs: [ImportID] = []) {
        self.usernames = usernames
        self.addresses = addresses
        self.importIDs = importIDs
    }
}

/// The accounts that hold some keys.
public struct AccountHolders: Sendable {
    /// Folded username to account.
    public var usernames: [String: UserID]
    /// Folded e-mail address to account.
    public var addresses: [String: UserID]
    /// Import id to account.
    public var importIDs: [ImportID: UserID]

    /// Holders of the given keys.
    public init(
        usernames: [String: UserID] = [:], addresses: [String: UserID] = [:], importIDs: [ImportID: UserID] = [:]
    ) {
        self.usernames = usernames
        self.addresses = addresses
        self.importIDs = importIDs
    }
}

/// An account as messages and rooms reference it.
public struct Person: Equatable, Sendable {
    /// The account.
    public let id: UserID
    /// The username.
    public let username: String
    /// The full name.
    public let name: String?

    /// Creates a person.
    public init(id: UserID, username: String, name: String?) {
        self.id = id
        self.username = username
        self.name = name
    }
}
