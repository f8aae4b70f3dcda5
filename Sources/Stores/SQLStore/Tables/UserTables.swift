import ImportDomain
import JSON
import SQL

/// `users`, `user_emails` and `user_import_ids`: one account at a time.
struct UserTables: UserStore {
    let connection: any SQLConnection
    let changes: WorkspaceChanges

    func find(id: UserID) throws -> User? { try users("WHERE id = \(id.rawValue)").first }

    func find(ids: [UserID]) throws -> [User] {
        guard !ids.isEmpty else { return [] }
        return try users("WHERE id \(in: ids.map(\.rawValue)) ORDER BY id \(.lock)")
    }

    func find(username: String) throws -> User? {
        // The key has the index; the exact spelling decides.
        try find(usernameKey: CaseFolding.key(username)).flatMap { $0.username == username ? $0 : nil }
    }

    func find(usernameKey: String) throws -> User? { try users("WHERE username_key = \(usernameKey)").first }

    func find(addressKey: String) throws -> User? {
        try users("WHERE id = (SELECT user_id FROM user_emails WHERE address_key = \(addressKey))").first
    }

    func find(importID: ImportID) throws -> User? {
        try users("WHERE id = (SELECT user_id FROM user_import_ids WHERE import_id = \(importID.rawValue))").first
    }

    func names(of users: [UserID]) throws -> [UserID: AccountName] {
        guard !users.isEmpty else { return [:] }
        let present = try names(in: UserColumn.table.name, of: users)
        let absent = users.filter { present[$0] == nil }
        guard !absent.isEmpty else { return present }
        return try present.merging(names(in: FormerUserColumn.table.name, of: absent)) { first, _ in first }
    }

    private func names(in table: String, of users: [UserID]) throws -> [UserID: AccountName] {
        let pairs = try connection.rows(
            """
            SELECT \(names: FormerUserColumn.table.columnNames) FROM \(name: table)
            WHERE id \(in: users.map(\.rawValue))
            """
        ) { row in
            (UserID(row.text(0)), AccountName(username: row.optionalText(1), name: row.optionalText(2)))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    func list(orderedBy order: UserOrder, offset: Int, limit: Int?, bytes: Int?) throws -> [User] {
        try users("", orderedBy: order, offset: offset, limit: limit, bytes: bytes)
    }

    /// A page of the accounts that meet a condition, which is empty or begins with `WHERE`.
    func users(
        _ condition: SQLQuery, orderedBy order: UserOrder, offset: Int, limit: Int?, bytes: Int?
    ) throws -> [User] {
        // SQLite knows "no limit" as -1 only and PostgreSQL as NULL only; both take the largest number.
        let limit = limit.map(Int64.init) ?? .max
        let direction: SQLQuery = order.isDescending ? " DESC" : ""
        let column: SQLQuery =
            switch order.key {
            case .username: "username_key"
            case .name: "name"
            case .createdAt: "created_at"
            }
        return try users(
            connection.page(
                "\(condition) ORDER BY \(column)\(direction), id\(direction)", sizes: Self.sizes, offset: offset,
                limit: limit, bytes: bytes))
    }

    private static let sizes: SQLQuery = """
        SELECT coalesce(\(.byteLength(of: "username")), 0) + coalesce(\(.byteLength(of: "name")), 0)
            + \(.byteLength(of: "roles")) + coalesce(\(.byteLength(of: "bio")), 0)
            + coalesce(\(.byteLength(of: "nickname")), 0) + coalesce(\(.byteLength(of: "status_text")), 0)
            + coalesce(\(.byteLength(of: "pending_avatar_url")), 0) + coalesce(\(.byteLength(of: "custom_fields")), 0)
            + coalesce(
                (SELECT sum(\(.byteLength(of: "address"))) FROM user_emails WHERE user_id = users.id), 0)
            + coalesce(
                (SELECT sum(\(.byteLength(of: "import_id"))) FROM user_import_ids WHERE user_id = users.id), 0)
        FROM users
        """

    func count() throws -> Int { Int(try connection.integer("SELECT count(*) FROM users")) }

    func hasActiveAdministrator() throws -> Bool {
        try connection.exists(
            "SELECT 1 FROM users WHERE administrator = 1 AND \(Self.canSignIn("users")) LIMIT 1")
    }

    /// Holds for rows of accounts that can sign in: the bot cannot, nor can accounts without a password.
    static func canSignIn(_ users: SQLQuery) -> SQLQuery {
        "(\(users).active = 1 AND \(hasPassword(users)))"
    }

    /// Holds for rows of accounts that can sign in while they are active.
    static func hasPassword(_ users: SQLQuery) -> SQLQuery {
        """
        (\(users).id <> \(UserID.rocketCat.rawValue) AND \(users).password_hash NOT LIKE \(lockedHashPattern))
        """
    }

    private static let lockedHashPattern: String = "%\(User.lockedHashEnd)"

    func activeHolder(ofAnyOf roles: Set<String>, besides others: Set<UserID>) throws -> UserID? {
        // The role that nearly always decides has an index.
        if roles.contains(Role.administrator) {
            let administrators = try connection.rows(
                """
                SELECT id FROM users WHERE administrator = 1 AND \(Self.canSignIn("users"))
                LIMIT \(others.count + 1)
                """
            ) { UserID($0.text(0)) }
            if let administrator = administrators.first(where: { !others.contains($0) }) { return administrator }
        }
        for role in roles.sorted() {
            let stored = StoredRoles.text(of: [role]).dropFirst().dropLast()
            let holders = try connection.rows(
                """
                SELECT id FROM users
                WHERE \(Self.canSignIn("users"))
                    AND lower(roles) LIKE \(LikePattern.containing(String(stored))) ESCAPE '\\'
                LIMIT \(others.count + 1)
                """
            ) { UserID($0.text(0)) }
            if let holder = holders.first(where: { !others.contains($0) }) { return holder }
        }
        return nil
    }

    func update(_ user: User) throws {
        try write(user)
        try connection.execute("UPDATE users SET changed_at = \(user.updatedAt) WHERE id = \(user.id.rawValue)")
    }

    func update(_ updates: [(before: User, after: User)], by number: ImportNumber) throws {
        guard !updates.isEmpty else { return }
        let deactivated = updates.filter { $0.before.isActive && !$0.after.isActive }.map(\.after.id.rawValue)
        if !deactivated.isEmpty {
            try connection.execute("DELETE FROM sessions WHERE user_id \(in: deactivated)")
        }
        var recorded: [ImportChange] = []
        var readdressed: [User] = []
        for (before, after) in updates {
            recorded += UserColumn.recorded.compactMap { column in
                let (old, new) = (column.recordedText(of: before), column.recordedText(of: after))
                return old == new ? nil : ImportChange(.user(after.id), field: column.name, before: old, after: new)
            }
            let (old, new) = (StoredAddresses.text(of: before.emails), StoredAddresses.text(of: after.emails))
            guard old != new else { continue }
            recorded.append(ImportChange(.user(after.id), field: ImportChange.emailsField, before: old, after: new))
            readdressed.append(after)
        }
        // In their order: a name may become free for another account.
        for (_, after) in updates { try writeRow(of: after) }
        try writeAddresses(of: readdressed)
        try ImportChangeTable(connection: connection).record(recorded, by: number)
        for (before, after) in updates where before.pendingAvatarURL != after.pendingAvatarURL {
            try StoredAvatar.record(of: after.id, by: number, on: connection)
        }
    }

    private func write(_ user: User) throws {
        try writeRow(of: user)
        try writeAddresses(of: [user])
    }

    private func writeRow(of user: User) throws {
        changes.note()
        let source = UserColumn.Source(user: user, usernameKey: user.username.map(CaseFolding.key), number: nil)
        try connection.execute(
            """
            UPDATE users SET \(set: UserColumn.updated, of: source)
            WHERE id = \(user.id.rawValue)
            """)
    }

    /// An account that is there twice has its last addresses.
    private func writeAddresses(of users: [User]) throws {
        guard !users.isEmpty else { return }
        let latest = Dictionary(users.map { ($0.id, $0) }) { $1 }
        let ids = latest.keys.map(\.rawValue).sorted()
        try connection.execute("DELETE FROM user_emails WHERE user_id \(in: ids)")
        let rows = latest.values.flatMap { user in
            user.emails.enumerated().map { position, email in
                EmailColumn.Source(
                    key: CaseFolding.key(email.address), user: user.id, position: position, email: email)
            }
        }
        try connection.insert(rows.sorted { $0.key < $1.key }, into: EmailColumn.table)
    }

    func recordLogin(of user: UserID, at moment: Timestamp) throws {
        try connection.execute("UPDATE users SET last_login_at = \(moment) WHERE id = \(user.rawValue)")
    }

    func delete(_ user: UserID) throws {
        changes.note()
        // Messages keep showing the name of their author.
        try connection.execute("DELETE FROM former_users WHERE id = \(user.rawValue)")
        try connection.execute(
            """
            INSERT INTO former_users (\(names: FormerUserColumn.table.columnNames))
            SELECT \(names: FormerUserColumn.table.columnNames) FROM users WHERE id = \(user.rawValue)
            """)
        // Every change of a room's members locks its row first, in the order of ids.
        let rooms = try connection.rows(
            """
            SELECT id FROM rooms WHERE id IN (SELECT room_id FROM subscriptions WHERE user_id = \(user.rawValue))
            ORDER BY id \(.lock)
            """
        ) { $0.text(0) }
        if !rooms.isEmpty {
            try connection.execute("UPDATE rooms SET member_count = member_count - 1 WHERE id \(in: rooms)")
            try connection.execute("DELETE FROM subscriptions WHERE user_id = \(user.rawValue)")
        }
        try connection.execute("DELETE FROM user_emails WHERE user_id = \(user.rawValue)")
        try connection.execute(
            """
            DELETE FROM import_id_organizations
            WHERE import_id IN (SELECT import_id FROM user_import_ids WHERE user_id = \(user.rawValue))
            """)
        try connection.execute("DELETE FROM user_import_ids WHERE user_id = \(user.rawValue)")
        try connection.execute("DELETE FROM sessions WHERE user_id = \(user.rawValue)")
        try connection.execute("DELETE FROM users WHERE id = \(user.rawValue)")
    }

    func users(_ condition: SQLQuery) throws -> [User] {
        let users = try connection.rows(of: UserColumn.table, condition) { row in
            User(
                id: UserID(row.text(.id)), username: row.optionalText(.username), name: row.optionalText(.name),
                kind: try row.value(.kind), isActive: row.flag(.active),
                roles: try StoredRoles.roles(in: row.text(.roles)), bio: row.optionalText(.bio),
                nickname: row.optionalText(.nickname), statusText: row.optionalText(.statusText),
                utcOffset: row.optionalReal(.utcOffset), passwordHash: row.optionalText(.passwordHash),
                requiresPasswordChange: row.flag(.requiresPasswordChange),
                hasEmailSecondFactor: row.flag(.emailSecondFactor),
                pendingAvatarURL: row.optionalText(.pendingAvatarURL), customFields: row.optionalText(.customFields),
                createdAt: row.timestamp(.createdAt), updatedAt: row.timestamp(.updatedAt),
                lastLoginAt: row.optionalTimestamp(.lastLoginAt))
        }
        return try addingAddressesAndImportIDs(to: users)
    }

    private func addingAddressesAndImportIDs(to users: [User]) throws -> [User] {
        guard !users.isEmpty else { return [] }
        let ids = Set(users.map(\.id))
        let importIDs = try importIDs(of: ids)
        let emails = Dictionary(
            grouping: try connection.rows(of: EmailColumn.table, Self.condition(of: ids)) { row in
                (
                    user: UserID(row.text(.userID)),
                    value: EmailAddress(row.text(.address), isVerified: row.flag(.verified))
                )
            }, by: \.user)
        return users.map { user in
            var user = user
            user.emails = emails[user.id]?.map(\.value) ?? []
            user.importIDs = importIDs[user.id] ?? []
            return user
        }
    }

    /// Rows of a link table of accounts, in the order of each account.
    private static func condition(of users: Set<UserID>) -> SQLQuery {
        "WHERE user_id \(in: users.map(\.rawValue)) ORDER BY user_id, position"
    }

    // MARK: Bulk

    func importIDs(of users: Set<UserID>) throws -> [UserID: [ImportID]] {
        guard !users.isEmpty else { return [:] }
        var importIDs: [UserID: [ImportID]] = [:]
        for (user, importID) in try connection.rows(
            of: UserImportIDColumn.table, Self.condition(of: users),
            { row in (UserID(row.text(.userID)), ImportID(row.text(.importID))) })
        {
            importIDs[user, default: []].append(importID)
        }
        return importIDs
    }

    func holders(of keys: AccountKeys) throws -> AccountHolders {
        AccountHolders(
            usernames: try owners("SELECT username_key, id FROM users WHERE username_key", of: keys.usernames),
            addresses: try owners("SELECT address_key, user_id FROM user_emails WHERE address_key", of: keys.addresses),
            importIDs: Dictionary(
                uniqueKeysWithValues: try connection.pairs(
                    "SELECT import_id, user_id FROM user_import_ids WHERE import_id",
                    of: keys.importIDs.map(\.rawValue)
                ).map { (ImportID($0.key), UserID($0.id)) }))
    }

    func usernameCount(startingWith key: String) throws -> Int {
        try connection.take(.numberedUsernames)
        // U+10FFFF sorts after every character that a name can go on with.
        return Int(
            try connection.integer(
                """
                SELECT count(*) FROM users WHERE username_key >= \(key) AND username_key < \(key + "\u{10FFFF}")
                """))
    }

    func usernameCount(startingWith key: String, createdBy number: ImportNumber) throws -> Int {
        Int(
            try connection.integer(
                """
                SELECT count(*) FROM users WHERE username_key >= \(key) AND username_key < \(key + "\u{10FFFF}")
                    AND import_number = \(number.rawValue)
                """))
    }

    func accounts(of number: ImportNumber, among users: [UserID]) throws -> OperationAccounts {
        var accounts = OperationAccounts()
        let rows = try connection.rows(
            """
            SELECT user_id, 0 FROM user_import_ids
            WHERE user_id \(in: users.map(\.rawValue)) AND import_number = \(number.rawValue)
            UNION SELECT user_id, 1 FROM import_confirmed
            WHERE import_number = \(number.rawValue) AND user_id \(in: users.map(\.rawValue))
            UNION SELECT user_id, 2 FROM import_described
            WHERE import_number = \(number.rawValue) AND user_id \(in: users.map(\.rawValue))
            """
        ) { (UserID($0.text(0)), $0.integer(1)) }
        for (user, kind) in rows {
            switch kind {
            case 0: accounts.made.insert(user)
            case 1: accounts.found.insert(user)
            default: accounts.described.insert(user)
            }
        }
        // Accounts that were found carry import ids of the operation as well, if it gave them any.
        accounts.made.subtract(accounts.found)
        return accounts
    }

    func confirm(_ users: [UserID], by number: ImportNumber) throws {
        changes.note()
        try connection.insert(
            users.map(\.rawValue).sorted().map { [.integer(number.rawValue), .text($0)] },
            into: ImportedAccountColumn.confirmed)
    }

    func describe(usersOf operation: OperationID, by number: ImportNumber, behind batch: Int64) throws -> Int64? {
        let batches = try batchesOfUsers(of: operation, behind: batch)
        for batch in batches {
            changes.note()
            try connection.execute(
                """
                INSERT INTO import_described (\(names: ImportedAccountColumn.described.columnNames))
                SELECT DISTINCT CAST(\(number.rawValue) AS BIGINT), user_import_ids.user_id
                \(Self.described(byUsersIn: batch)) ON CONFLICT (import_number, user_id) DO NOTHING
                """)
        }
        return batches.last
    }

    func accounts(
        describedByUsersOf operation: OperationID, behind batch: Int64
    ) throws -> (accounts: [UserID], batch: Int64)? {
        let batches = try batchesOfUsers(of: operation, behind: batch)
        guard let last = batches.last else { return nil }
        let accounts = try batches.flatMap { batch in
            try connection.rows("SELECT DISTINCT user_import_ids.user_id \(Self.described(byUsersIn: batch))") {
                UserID($0.text(0))
            }
        }
        return (accounts, last)
    }

    /// Some batches whose users may describe accounts.
    private func batchesOfUsers(of operation: OperationID, behind batch: Int64) throws -> [Int64] {
        // In an empty workspace nobody carries an import id.
        guard try connection.exists("SELECT 1 FROM user_import_ids LIMIT 1") else { return [] }
        return try connection.rows(
            """
            SELECT number FROM import_batches
            WHERE operation_id = \(operation.rawValue) AND record_type = \(RecordType.user.rawValue)
                AND accepted = 1 AND number > \(batch)
            ORDER BY number LIMIT 2
            """
        ) { $0.integer(0) }
    }

    /// The accounts that carry import ids of a batch's users.
    private static func described(byUsersIn batch: Int64) -> SQLQuery {
        """
        FROM import_records JOIN user_import_ids ON user_import_ids.import_id = import_records.import_id
        WHERE import_records.sequence >= \(RecordSequence(batch: batch, position: 0).number)
            AND import_records.sequence < \(RecordSequence(batch: batch + 1, position: 0).number)
            AND import_records.record_type = \(RecordType.user.rawValue)
        """
    }

    func describe(_ accounts: [UserID], by number: ImportNumber) throws {
        changes.note()
        for account in accounts {
            try connection.insert(
                one: [.integer(number.rawValue), .text(account.rawValue)], into: ImportedAccountColumn.described,
                "ON CONFLICT (import_number, user_id) DO NOTHING")
        }
    }

    func forgetConfirmed(by number: ImportNumber, limit: Int) throws -> Bool {
        let counts = try [ImportedAccountColumn.confirmed, ImportedAccountColumn.described].map {
            try ImportedAccountColumn.remove(from: $0, of: number, limit: limit, on: connection)
        }
        return counts.contains(limit)
    }

    func insert(_ users: [User], by number: ImportNumber?) throws {
        var rows = StoredUserRows(by: number)
        for user in users { rows.append(user) }
        rows.finish()
        try insert(rows)
    }

    func insert(_ rows: any UserRows) throws {
        guard let rows = rows as? StoredUserRows else {
            throw StoreError.failed(message: "The rows of accounts were made by another store.")
        }
        changes.note()
        for insert in rows.inserts { try connection.insert(insert) }
    }

    func people(withImportIDs importIDs: [ImportID]) throws -> [ImportID: Person] {
        try people(
            """
            SELECT user_import_ids.import_id, users.id, users.username, users.name FROM user_import_ids
            JOIN users ON users.id = user_import_ids.user_id
            WHERE user_import_ids.import_id \(in: importIDs.map(\.rawValue))
            """
        ) { ImportID($0) }
    }

    func people(named usernameKeys: [String]) throws -> [String: Person] {
        try people("SELECT username_key, id, username, name FROM users WHERE username_key \(in: usernameKeys)") { $0 }
    }

    private func people<Key: Hashable>(_ query: SQLQuery, key: (String) -> Key) throws -> [Key: Person] {
        let pairs = try connection.rows(query) { row in
            // Imported accounts always have a username; others are named by their id.
            (
                key(row.text(0)),
                Person(id: UserID(row.text(1)), username: row.optionalText(2) ?? row.text(1), name: row.optionalText(3))
            )
        }
        return Dictionary(pairs) { first, _ in first }
    }

    func users(holdingAnyOf roles: Set<String>, among users: [UserID]) throws -> Set<UserID> {
        guard !users.isEmpty else { return [] }
        let held = try connection.rows("SELECT id, roles FROM users WHERE id \(in: users.map(\.rawValue))") { row in
            (UserID(row.text(0)), try StoredRoles.roles(in: row.text(1)))
        }
        return Set(held.filter { !roles.isDisjoint(with: $0.1) }.map(\.0))
    }

    func origins(of users: [UserID]) throws -> [UserID: AccountOrigin] {
        guard !users.isEmpty else { return [:] }
        var origins: [UserID: AccountOrigin] = [:]
        let rows = try connection.rows(
            """
            SELECT users.id, users.kind, users.active, users.username_key, user_import_ids.import_id FROM users
            LEFT JOIN user_import_ids ON user_import_ids.user_id = users.id
            WHERE users.id \(in: users.map(\.rawValue))
            """
        ) { row in
            // Letters are folded here: databases fold ASCII only.
            let isOfSource = row.optionalText(4).map { CaseFolding.key($0) != row.optionalText(3) } ?? false
            return (
                UserID(row.text(0)),
                AccountOrigin(
                    isOfSource: isOfSource, isBot: row.text(1) == User.Kind.bot.rawValue, isActive: row.flag(2))
            )
        }
        for (user, origin) in rows {
            origins[user, default: origin].isOfSource = origin.isOfSource || origins[user]?.isOfSource == true
        }
        return origins
    }

    func organizations(of importIDs: [ImportID]) throws -> [ImportID: String] {
        guard !importIDs.isEmpty else { return [:] }
        return Dictionary(
            try connection.rows(of: OrganizationColumn.table, "WHERE import_id \(in: importIDs.map(\.rawValue))") {
                row in
                (ImportID(row.text(.importID)), row.text(.organization))
            }
        ) { first, _ in first }
    }

    func setOrganizations(_ organizations: [(importID: ImportID, organization: String)]) throws {
        guard !organizations.isEmpty else { return }
        let known = try self.organizations(of: organizations.map(\.importID))
        let rows = organizations.filter { known[$0.importID] == nil }.distinct { $0.importID }
            .sorted { $0.importID.rawValue < $1.importID.rawValue }
        try connection.insert(rows, into: OrganizationColumn.table)
    }

    func usersWithEmail(among users: [UserID]) throws -> Set<UserID> {
        Set(
            try connection.rows(
                "SELECT DISTINCT user_id FROM user_emails WHERE user_id \(in: users.map(\.rawValue))"
            ) { UserID($0.text(0)) })
    }

    func bind(_ importIDs: [(importID: ImportID, user: UserID)], by number: ImportNumber) throws {
        changes.note()
        var rows: [UserImportIDColumn.Source] = []
        let users = Set(importIDs.map(\.user.rawValue)).sorted()
        var next = Dictionary(
            try connection.rows(
                "SELECT user_id, max(position) + 1 FROM user_import_ids WHERE user_id \(in: users) GROUP BY user_id"
            ) { (UserID($0.text(0)), $0.integer(1)) }
        ) { first, _ in first }
        for (importID, user) in importIDs.sorted(by: { $0.importID.rawValue < $1.importID.rawValue }) {
            let position = next[user] ?? 0
            next[user] = position + 1
            rows.append((importID.rawValue, user.rawValue, position, number))
        }
        try connection.insert(rows, into: UserImportIDColumn.table)
    }

    private func owners(_ selection: SQLQuery, of keys: [String]) throws -> [String: UserID] {
        Dictionary(try connection.pairs(selection, of: keys).map { ($0.key, UserID($0.id)) }) { first, _ in first }
    }
}

enum UserColumn: Int, TableColumn {
    /// An account.
    struct Source {
        let user: User
        let usernameKey: String?
        let number: ImportNumber?
    }

    case id, username, usernameKey, name, kind, active, administrator, roles, bio, nickname, statusText, utcOffset,
        passwordHash, requiresPasswordChange, emailSecondFactor, pendingAvatarURL, customFields, createdAt, updatedAt,
        lastLoginAt, importNumber, changedAt

    static let table = Table<UserColumn>("users", defaulted: [changedAt.rawValue])
    /// Sign-ins alone move the last login.
    static let updated = allCases.filter { ![.id, .createdAt, .lastLoginAt, .importNumber, .changedAt].contains($0) }
    /// Columns whose values are recorded when an import changes them; the others follow from these.
    static let recorded = updated.filter { ![.usernameKey, .administrator, .updatedAt].contains($0) }

    /// The value as a change of a field keeps it.
    func recordedText(of user: User) -> String? {
        value(of: Source(user: user, usernameKey: nil, number: nil)).recordedText
    }

    func value(of source: Source) -> SQLValue {
        switch self {
        case .id: .text(source.user.id.rawValue)
        case .username: .optional(source.user.username)
        case .usernameKey: .optional(source.usernameKey)
        case .name: .optional(source.user.name)
        case .kind: .text(source.user.kind.rawValue)
        case .active: .flag(source.user.isActive)
        case .administrator: .flag(source.user.roles.contains(Role.administrator))
        case .roles: .text(StoredRoles.text(of: source.user.roles))
        case .bio: .optional(source.user.bio)
        case .nickname: .optional(source.user.nickname)
        case .statusText: .optional(source.user.statusText)
        case .utcOffset: .optional(source.user.utcOffset)
        case .passwordHash: .optional(source.user.passwordHash)
        case .requiresPasswordChange: .flag(source.user.requiresPasswordChange)
        case .emailSecondFactor: .flag(source.user.hasEmailSecondFactor)
        case .pendingAvatarURL: .optional(source.user.pendingAvatarURL)
        case .customFields: .optional(source.user.customFields)
        case .createdAt: source.user.createdAt.sqlValue
        case .updatedAt: source.user.updatedAt.sqlValue
        case .lastLoginAt: .optional(source.user.lastLoginAt?.milliseconds)
        case .importNumber: .optional(source.number?.rawValue)
        case .changedAt: .null
        }
    }
}

enum EmailColumn: Int, TableColumn {
    /// An address of an account.
    struct Source {
        let key: String
        let user: UserID
        let position: Int
        let email: EmailAddress
    }

    case addressKey, userID, position, address, verified

    static let table = Table<EmailColumn>("user_emails")

    func value(of source: Source) -> SQLValue {
        switch self {
        case .addressKey: .text(source.key)
        case .userID: .text(source.user.rawValue)
        case .position: source.position.sqlValue
        case .address: .text(source.email.address)
        case .verified: .flag(source.email.isVerified)
        }
    }
}

/// The addresses of an account as one JSON array, as a change of them is kept.
enum StoredAddresses {
    static func text(of emails: [EmailAddress]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for email in emails {
            writer.beginObject()
            writer.text(email.address, for: "address")
            writer.flag(email.isVerified, for: "verified")
            writer.endObject()
        }
        writer.endArray()
        return writer.text
    }

    /// - Throws: `StoreError.corrupt`.
    static func addresses(in text: String) throws -> [EmailAddress] {
        do {
            return try JSONReader.read(text) { reader in
                var emails: [EmailAddress] = []
                try reader.beginArray()
                while try reader.nextElement() {
                    var email = EmailAddress("")
                    try reader.beginObject()
                    while let key = try reader.nextKey() {
                        switch key {
                        case "address": email.address = try reader.readString()
                        case "verified": email.isVerified = try reader.readBoolean()
                        default: break
                        }
                    }
                    emails.append(email)
                }
                return emails
            }
        } catch {
            throw StoreError.corrupt(message: "Addresses cannot be read: \(error)")
        }
    }
}

enum UserImportIDColumn: Int, TableColumn {
    case importID, userID, position, importNumber

    static let table = Table<UserImportIDColumn>("user_import_ids")

    func value(of source: (importID: String, user: String, position: Int64, number: ImportNumber?)) -> SQLValue {
        switch self {
        case .importID: .text(source.importID)
        case .userID: .text(source.user)
        case .position: .integer(source.position)
        case .importNumber: .optional(source.number?.rawValue)
        }
    }
}

enum OrganizationColumn: Int, TableColumn {
    case importID, organization

    static let table = Table<OrganizationColumn>("import_id_organizations")

    func value(of source: (importID: ImportID, organization: String)) -> SQLValue {
        switch self {
        case .importID: .text(source.importID.rawValue)
        case .organization: .text(source.organization)
        }
    }
}

/// The names of deleted accounts.
enum FormerUserColumn: Int, TableColumn {
    case id, username, name

    static let table = Table<FormerUserColumn>("former_users")
}

/// Accounts that an import confirmed, or that its file describes.
enum ImportedAccountColumn: Int, TableColumn {
    case importNumber, userID

    static let confirmed = Table<ImportedAccountColumn>("import_confirmed")
    static let described = Table<ImportedAccountColumn>("import_described")
    static var table: Table<Self> { confirmed }

    /// Removes some of the accounts of an import.
    ///
    /// - Returns: how many were removed.
    static func remove(
        from table: Table<Self>, of number: ImportNumber, limit: Int, on connection: any SQLConnection
    ) throws -> Int {
        try connection.execute(
            """
            DELETE FROM \(name: table.name) WHERE import_number = \(number.rawValue) AND user_id IN (
                SELECT user_id FROM \(name: table.name) WHERE import_number = \(number.rawValue)
                ORDER BY user_id LIMIT \(limit))
            """)
    }
}
