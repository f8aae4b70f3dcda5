/// The workspace as imports see it: what decisions look up, and what they write.
///
/// A check puts another one in its place, which writes to a scratch workspace. So a method that decisions use is declared
/// here, and a store has the others in its own contract.
/// Source: docs/decisions/0022-checks.md.
public protocol ImportTarget {
    /// Staged records, and import ids that earlier batches noted.
    var staging: any StagedRecords { get }
    /// Accounts.
    var users: any ImportedUsers { get }
    /// Rooms and their members.
    var rooms: any ImportedRooms { get }
    /// Messages.
    var messages: any ImportedMessages { get }
    /// Roles and permissions, which imports do not change.
    var roles: any RoleStore { get }
    /// Changes by imports.
    var importChanges: any ImportChangeRecorder { get }
    /// Files that messages carry.
    var downloads: any WantedFiles { get }
    /// What imported records lack.
    var incomplete: any IncompleteRecordRecorder { get }
}

/// What decisions read of the staging area.
public protocol StagedRecords {
    /// Pending records of a claim in staging order; of messages, those that were tried before. Others are in packs.
    func records(of claim: BatchClaim) throws -> [StagedRecord]

    /// The packs of a claim of messages, in staging order.
    func packs(of claim: BatchClaim) throws -> [StagedPack]

    /// Which of these first import ids are listed: those that are selected, or those that are not if the import excludes
    /// records.
    func selected(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID>

    /// The accounts that skipped records describe, by those import ids of the records that no account has.
    func accounts(ofSkipped importIDs: [ImportID], in operation: OperationID) throws -> [ImportID: UserID]

    /// Which of these import ids belong to records that were skipped.
    func skipped(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID>

    /// Whether an operation has import ids that `failed` or `strangers` find.
    ///
    /// Counts do not tell: after a retry no record may be failed any more, and ids that a correction took from a record
    /// still mean nobody else.
    func hasFailedIDs(in operation: OperationID) throws -> Bool

    /// Which of these import ids belong to records that failed, or belonged to them before a correction.
    ///
    /// Only finds records whose fault has import ids: rooms, whose messages fail with them.
    func failed(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID>

    /// Which of these import ids refer to another person than the account that has them or the username.
    func strangers(among importIDs: [ImportID], in operation: OperationID) throws -> Set<ImportID>
}

/// Accounts as imports see them. Keys are `CaseFolding` keys.
public protocol ImportedUsers {
    /// The accounts that have these keys; keys without an account are absent from the result.
    func holders(of keys: AccountKeys) throws -> AccountHolders

    /// The accounts with these import ids; ids that no account has are absent from the result.
    func people(withImportIDs importIDs: [ImportID]) throws -> [ImportID: Person]

    /// The accounts with these folded usernames; names that no account has are absent from the result.
    func people(named usernameKeys: [String]) throws -> [String: Person]

    /// The import ids of these accounts, in order; accounts without any are absent from the result.
    func importIDs(of users: Set<UserID>) throws -> [UserID: [ImportID]]

    /// Where these accounts come from; unknown ids are absent from the result.
    func origins(of users: [UserID]) throws -> [UserID: AccountOrigin]

    /// The organizations that import ids were given with; ids without one are absent from the result.
    func organizations(of importIDs: [ImportID]) throws -> [ImportID: String]

    /// Remembers the organizations that import ids were given with; an id that has one keeps it.
    func setOrganizations(_ organizations: [(importID: ImportID, organization: String)]) throws

    /// Which of these accounts have an e-mail address.
    func usersWithEmail(among users: [UserID]) throws -> Set<UserID>

    /// Which of these accounts hold any of these roles.
    func users(holdingAnyOf roles: Set<String>, among users: [UserID]) throws -> Set<UserID>

    /// An active account that can sign in and holds any of these roles, others aside.
    func activeHolder(ofAnyOf roles: Set<String>, besides others: Set<UserID>) throws -> UserID?

    /// The accounts with these ids, in any order; a write transaction locks them until it ends.
    func find(ids: [UserID]) throws -> [User]

    /// The names of the accounts with these ids, deleted accounts included; unknown ids are absent from the result.
    func names(of users: [UserID]) throws -> [UserID: AccountName]

    /// Appends import ids to accounts.
    ///
    /// - Throws: `StoreError.uniqueViolation`.
    func bind(_ importIDs: [(importID: ImportID, user: UserID)], by number: ImportNumber) throws

    /// How many usernames start with this key.
    ///
    /// A write transaction locks the count until it ends: two of them would choose the same number.
    func usernameCount(startingWith key: String) throws -> Int

    /// Which of these accounts the given import created, and which it bound.
    func accounts(of number: ImportNumber, among users: [UserID]) throws -> OperationAccounts

    /// Marks existing accounts as those of records of this import, so that no other record of it is bound to them.
    func confirm(_ users: [UserID], by number: ImportNumber) throws

    /// Adds accounts as rows that the store built, all or none.
    ///
    /// - Throws: `StoreError.uniqueViolation`.
    func insert(_ rows: any UserRows) throws

    /// Writes new values of accounts for an import, addresses included, in this order, and records the previous ones.
    ///
    /// - Throws: `StoreError.uniqueViolation`.
    func update(_ updates: [(before: User, after: User)], by number: ImportNumber) throws
}

/// Rooms as imports see them. Keys are `CaseFolding` keys.
public protocol ImportedRooms {
    /// The rooms with these import ids; ids that no room has are absent from the result.
    func rooms(withImportIDs importIDs: [ImportID]) throws -> [ImportID: RoomID]

    /// The rooms with these folded names; names that no room has are absent from the result.
    func rooms(named nameKeys: [String]) throws -> [String: RoomID]

    /// The rooms with these ids, in no particular order.
    func find(ids: [RoomID]) throws -> [Room]

    /// The room with this id.
    func find(id: RoomID) throws -> Room?

    /// How many names start with this key.
    func nameCount(startingWith key: String) throws -> Int

    /// The direct room of exactly these people.
    func find(participants: [UserID]) throws -> Room?

    /// Adds rooms with their import ids, all or none.
    ///
    /// - Parameter number: the import that adds them; nil for other rooms.
    /// - Throws: `StoreError.uniqueViolation`.
    func insert(_ rooms: [Room], by number: ImportNumber?) throws

    /// Writes a room's new values. New import ids are added, none is removed.
    ///
    /// Only `recountRooms` changes counts and the latest message.
    /// - Parameter number: the import that adds the import ids, if any.
    func update(_ room: Room, by number: ImportNumber?) throws

    /// Whether the import that made a room gave it one of these import ids.
    func isMade(_ room: RoomID, withAnyOf importIDs: [ImportID]) throws -> Bool

    /// Which of these rooms the given import created or added an import id to.
    func bound(by number: ImportNumber, among rooms: [RoomID]) throws -> Set<RoomID>

    /// Adds people to rooms that none of them has joined, and updates the member counts.
    ///
    /// - Throws: `StoreError.uniqueViolation`.
    func join(_ joining: [JoiningMembers], by number: ImportNumber?) throws

    /// How many accounts are in a room.
    func memberCount(of room: RoomID) throws -> Int

    /// Which of these accounts are in a room.
    func members(of room: RoomID, among users: Set<UserID>) throws -> Set<UserID>

    /// Marks every subscription to a room as archived, or not.
    func setArchived(_ isArchived: Bool, subscriptionsOf room: RoomID) throws

    /// Marks rooms to which an import added messages, to be recounted when the import ends.
    func touch(_ added: [RoomID: Int], by operation: OperationID) throws
}

/// Messages as imports see them.
public protocol ImportedMessages {
    /// The messages with these ids, in no particular order.
    func find(ids: [MessageID]) throws -> [Message]

    /// The digests of the records that messages were last made of, of those of these messages that have one.
    func recordDigests(of ids: [MessageID]) throws -> [MessageID: Int64]

    /// Adds messages as rows that the store built, all or none. None of the ids may exist.
    ///
    /// - Throws: `StoreError.uniqueViolation`.
    func insert(_ rows: MessageRows) throws

    /// Writes a message's new values for an import, and records the previous ones.
    func update(_ message: Message, replacing before: Message, by number: ImportNumber) throws

    /// Marks threads to which an import added replies, to be recounted when the import ends.
    ///
    /// - Parameter threads: the first messages of the threads.
    func touch(_ threads: [TouchedThread], by operation: OperationID) throws
}

/// Records changes of existing data.
public protocol ImportChangeRecorder {
    /// Records changes. If an import changes a field twice, the value before its first change stays.
    func record(_ changes: [ImportChange], by number: ImportNumber) throws
}

/// Takes the files that messages carry.
public protocol WantedFiles {
    /// Adds the files that messages carry; a file that was downloaded for another message is attached at once.
    ///
    /// A file of an archive is expected in the archive of this operation, also if an earlier operation could not read it.
    func enqueue(_ files: [WantedFile], by operation: OperationID?) throws

    /// The addresses from which avatars of these accounts were requested last.
    func avatarURLs(of users: [UserID]) throws -> [UserID: String]
}

extension StoreTransaction {
    /// The workspace as imports see it.
    public var importTarget: any ImportTarget { StoredTarget(transaction: self) }
}

private struct StoredTarget<Transaction: StoreTransaction>: ImportTarget {
    let transaction: Transaction

    var staging: any StagedRecords { transaction.staging }
    var users: any ImportedUsers { transaction.users }
    var rooms: any ImportedRooms { transaction.rooms }
    var messages: any ImportedMessages { transaction.messages }
    var roles: any RoleStore { transaction.roles }
    var importChanges: any ImportChangeRecorder { transaction.importChanges }
    var downloads: any WantedFiles { transaction.downloads }
    var incomplete: any IncompleteRecordRecorder { transaction.incomplete }
}
