import ImportDomain
import SQL

/// `users`, `user_emails` and `user_import_ids`: one account at a time.
struct UserTables: UserStore {
    let connection: any SQLConnection
    let changes: WorkspaceChanges

    func find(id: UserID) throws -> User? { try users("WHERE id = \(id.rawValue)").first }

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
        let present = try names("SELECT id, username, name FROM users", of: users)
        let absent = users.filter { present[$0] == nil }
        guard !absent.isEmpty else { return present }
        return try present.merging(names("SELECT id, username, name FROM former_users", of: absent)) { first, _ in
            first
        }
    }

    private func names(_ selection: SQLQuery, of users: [UserID]) throws -> [UserID: AccountName] {
        let pairs = try connection.rows(selection + " WHERE id \(in: users.map(\.rawValue))") { row in
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
        let sorting: SQLQuery =
            switch (order.key, order.isDescending) {
            case (.username, false): " ORDER BY username_key, id"
            case (.username, true): " ORDER BY username_key DESC, id DESC"
            case (.name, false): " ORDER BY name, id"
            case (.name, true): " ORDER BY name DESC, id DESC"
            case (.createdAt, false): " ORDER BY created_at, id"
            case (.createdAt, true): " ORDER BY created_at DESC, id DESC"
            }
        let fitting = try bytes.map { bytes in
            try connection.fittingCount(
                Self.sizes + " " + condition + sorting + " LIMIT \(limit) OFFSET \(offset)", bytes: bytes)
        }
        return try users(condition + sorting + " LIMIT \(fitting.map(Int64.init) ?? limit) OFFSET \(offset)")
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
        try connection.exists("SELECT 1 FROM users WHERE administrator = 1 AND active = 1 LIMIT 1")
    }

    func hasActiveHolder(ofAnyOf roles: Set<String>) throws -> Bool {
        // The role that nearly always decides has an index.
        if roles.contains(Role.administrator), try hasActiveAdministrator() { return true }
        return try roles.sorted().contains { role in
            let stored = StoredRoles.text(of: [role]).dropFirst().dropLast()
            return try connection.exists(
                """
                SELECT 1 FROM users
                WHERE active = 1 AND id <> \(UserID.rocketCat.rawValue)
                    AND lower(roles) LIKE \(LikePattern.containing(String(stored))) ESCAPE '\\' LIMIT 1
                """)
        }
    }

    func update(_ user: User) throws {
        changes.note()
        try connection.execute(
            """
            UPDATE users SET username = \(user.username), username_key = \(user.username.map(CaseFolding.key)),
                name = \(user.name), kind = \(user.kind.rawValue), active = \(user.isActive),
                administrator = \(user.roles.contains(Role.administrator)), roles = \(StoredRoles.text(of: user.roles)),
                bio = \(user.bio), nickname = \(user.nickname), status_text = \(user.statusText),
                utc_offset = \(SQLValue.optional(user.utcOffset)), password_hash = \(user.passwordHash),
                requires_password_change = \(user.requiresPasswordChange),
                email_second_factor = \(user.hasEmailSecondFactor), pending_avatar_url = \(user.pendingAvatarURL),
                custom_fields = \(user.customFields), updated_at = \(user.updatedAt)
            WHERE id = \(user.id.rawValue)
            """)
        try connection.execute("DELETE FROM user_emails WHERE user_id = \(user.id.rawValue)")
        try connection.insert(Self.emails(of: [user]))
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
            INSERT INTO former_users (id, username, name)
            SELECT id, username, name FROM users WHERE id = \(user.rawValue)
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
        try connection.execute("DELETE FROM user_import_ids WHERE user_id = \(user.rawValue)")
        try connection.execute("DELETE FROM sessions WHERE user_id = \(user.rawValue)")
        try connection.execute("DELETE FROM users WHERE id = \(user.rawValue)")
    }

    func users(_ condition: SQLQuery) throws -> [User] {
        let rows: SQLQuery = """
            SELECT id, username, name, kind, active, roles, bio, nickname, status_text, utc_offset, password_hash,
                requires_password_change, email_second_factor, pending_avatar_url, custom_fields, created_at,
                updated_at, last_login_at
            FROM users
            """
        let users = try connection.rows(rows + " " + condition) { row in
            User(
                id: UserID(row.text(0)), username: row.optionalText(1), name: row.optionalText(2),
                kind: try row.value(3), isActive: row.flag(4), roles: try StoredRoles.roles(in: row.text(5)),
                bio: row.optionalText(6), nickname: row.optionalText(7), statusText: row.optionalText(8),
                utcOffset: row.optionalReal(9), passwordHash: row.optionalText(10),
                requiresPasswordChange: row.flag(11), hasEmailSecondFactor: row.flag(12),
                pendingAvatarURL: row.optionalText(13), customFields: row.optionalText(14),
                createdAt: row.timestamp(15), updatedAt: row.timestamp(16), lastLoginAt: row.optionalTimestamp(17))
        }
        return try addingAddressesAndImportIDs(to: users)
    }

    private func addingAddressesAndImportIDs(to users: [User]) throws -> [User] {
        guard !users.isEmpty else { return [] }
        let ids = users.map(\.id.rawValue)
        var emails: [String: [EmailAddress]] = [:]
        for (user, email) in try connection.rows(
            """
            SELECT user_id, address, verified FROM user_emails WHERE user_id \(in: ids) ORDER BY user_id, position
            """,
            { row in (row.text(0), EmailAddress(row.text(1), isVerified: row.flag(2))) })
        {
            emails[user, default: []].append(email)
        }
        var importIDs: [String: [ImportID]] = [:]
        for (user, importID) in try connection.rows(
            "SELECT user_id, import_id FROM user_import_ids WHERE user_id \(in: ids) ORDER BY user_id, position",
            { row in (row.text(0), ImportID(row.text(1))) })
        {
            importIDs[user, default: []].append(importID)
        }
        return users.map { user in
            var user = user
            user.emails = emails[user.id.rawValue] ?? []
            user.importIDs = importIDs[user.id.rawValue] ?? []
            return user
        }
    }

    // MARK: Bulk

    func holders(of keys: AccountKeys) throws -> AccountHolders {
        AccountHolders(
            usernames: try owners("SELECT username_key, id FROM users WHERE username_key", of: keys.usernames),
            addresses: try owners("SELECT address_key, user_id FROM user_emails WHERE address_key", of: keys.addresses),
            importIDs: Dictionary(
                uniqueKeysWithValues: try pairs(
                    "SELECT import_id, user_id FROM user_import_ids WHERE import_id",
                    of: keys.importIDs.map(\.rawValue)
                ).map { (ImportID($0.0), $0.1) }))
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

    func accounts(of number: ImportNumber, among users: [UserID]) throws -> OperationAccounts {
        var accounts = OperationAccounts()
        let rows = try connection.rows(
            """
            SELECT user_id, 0 FROM user_import_ids
            WHERE user_id \(in: users.map(\.rawValue)) AND import_number = \(number.rawValue)
            UNION SELECT user_id, 1 FROM import_confirmed
            WHERE import_number = \(number.rawValue) AND user_id \(in: users.map(\.rawValue))
            """
        ) { (UserID($0.text(0)), $0.integer(1) == 1) }
        for (user, isFound) in rows {
            if isFound { accounts.found.insert(user) } else { accounts.made.insert(user) }
        }
        // Accounts that were found carry import ids of the import as well, if it gave them any.
        accounts.made.subtract(accounts.found)
        return accounts
    }

    func confirm(_ users: [UserID], by number: ImportNumber) throws {
        changes.note()
        var rows = BulkInsert(
            into: "import_confirmed", columns: ["import_number", "user_id"], rowCount: users.count)
        for user in users.map(\.rawValue).sorted() { rows.append(.integer(number.rawValue), .text(user)) }
        try connection.insert(rows)
    }

    func forgetConfirmed(by number: ImportNumber, limit: Int) throws -> Bool {
        try connection.execute(
            """
            DELETE FROM import_confirmed WHERE import_number = \(number.rawValue) AND user_id IN (
                SELECT user_id FROM import_confirmed WHERE import_number = \(number.rawValue)
                ORDER BY user_id LIMIT \(limit))
            """) == limit
    }

    func insert(_ users: [User], by number: ImportNumber?) throws {
        try insert(UserRows(Self.rows(of: users, by: number)))
    }

    func insert(_ rows: UserRows) throws {
        guard let inserts = rows.rows as? [BulkInsert] else {
            throw StoreError.failed(message: "The rows of accounts were made by another store.")
        }
        changes.note()
        for insert in inserts { try connection.insert(insert) }
    }

    /// Rows of `users`, `user_emails` and `user_import_ids`, each in the order of the table's random key, so that a page
    /// of that index is visited once a batch.
    static func rows(of users: [User], by number: ImportNumber?) -> [BulkInsert] {
        [accounts(of: users, by: number), emails(of: users), importIDs(of: users, by: number)]
    }

    private static func accounts(of users: [User], by number: ImportNumber?) -> BulkInsert {
        let keys = users.map { $0.username.map(CaseFolding.key) }
        var rows = BulkInsert(into: "users", columns: columns, rowCount: users.count)
        for index in order(of: keys.map { $0 ?? "" }) {
            // Read in place: to copy a whole account, with all that it holds, takes as long as to write its row.
            rows.add(users[index].id.rawValue)
            rows.add(users[index].username)
            rows.add(keys[index])
            rows.add(users[index].name)
            rows.add(users[index].kind.rawValue)
            rows.add(users[index].isActive)
            rows.add(users[index].roles.contains(Role.administrator))
            rows.add(StoredRoles.text(of: users[index].roles))
            rows.add(users[index].bio)
            rows.add(users[index].nickname)
            rows.add(users[index].statusText)
            rows.add(users[index].utcOffset)
            rows.add(users[index].passwordHash)
            rows.add(users[index].requiresPasswordChange)
            rows.add(users[index].hasEmailSecondFactor)
            rows.add(users[index].pendingAvatarURL)
            rows.add(users[index].customFields)
            rows.add(users[index].createdAt.milliseconds)
            rows.add(users[index].updatedAt.milliseconds)
            rows.add(users[index].lastLoginAt?.milliseconds)
            rows.add(number?.rawValue)
        }
        return rows
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

    func usersWithEmail(among users: [UserID]) throws -> Set<UserID> {
        Set(
            try connection.rows(
                "SELECT DISTINCT user_id FROM user_emails WHERE user_id \(in: users.map(\.rawValue))"
            ) { UserID($0.text(0)) })
    }

    func bind(_ importIDs: [(importID: ImportID, user: UserID)], by number: ImportNumber) throws {
        changes.note()
        var rows = BulkInsert(
            into: "user_import_ids", columns: ["import_id", "user_id", "position", "import_number"],
            rowCount: importIDs.count)
        var next: [UserID: Int64] = [:]
        for (importID, user) in importIDs.sorted(by: { $0.importID.rawValue < $1.importID.rawValue }) {
            let position =
                try next[user]
                ?? connection.integer(
                    "SELECT coalesce(max(position), -1) + 1 FROM user_import_ids WHERE user_id = \(user.rawValue)")
            next[user] = position + 1
            rows.append(.text(importID.rawValue), .text(user.rawValue), .integer(position), .integer(number.rawValue))
        }
        try connection.insert(rows)
    }

    private static func emails(of users: [User]) -> BulkInsert {
        let emails = users.indices.flatMap { index in
            users[index].emails.enumerated().map {
                (user: users[index].id.rawValue, position: $0.offset, email: $0.element)
            }
        }
        let keys = emails.map { CaseFolding.key($0.email.address) }
        var rows = BulkInsert(
            into: "user_emails", columns: ["address_key", "user_id", "position", "address", "verified"],
            rowCount: emails.count)
        for index in order(of: keys) {
            let (user, position, email) = emails[index]
            rows.add(keys[index])
            rows.add(user)
            rows.add(Int64(position))
            rows.add(email.address)
            rows.add(email.isVerified)
        }
        return rows
    }

    private static func importIDs(of users: [User], by number: ImportNumber?) -> BulkInsert {
        let importIDs = users.indices.flatMap { index in
            users[index].importIDs.enumerated().map {
                (user: users[index].id.rawValue, position: $0.offset, importID: $0.element.rawValue)
            }
        }
        var rows = BulkInsert(
            into: "user_import_ids", columns: ["import_id", "user_id", "position", "import_number"],
            rowCount: importIDs.count)
        for index in order(of: importIDs.map(\.importID)) {
            let (user, position, importID) = importIDs[index]
            rows.add(importID)
            rows.add(user)
            rows.add(Int64(position))
            rows.add(number?.rawValue)
        }
        return rows
    }

    /// The indices of keys in ascending order; what is sorted are small numbers, not whole accounts.
    private static func order(of keys: [String]) -> [Int] { keys.indices.sorted { keys[$0] < keys[$1] } }

    private func owners(_ selection: SQLQuery, of keys: [String]) throws -> [String: UserID] {
        Dictionary(try pairs(selection, of: keys)) { first, _ in first }
    }

    private func pairs(_ selection: SQLQuery, of keys: [String]) throws -> [(String, UserID)] {
        guard !keys.isEmpty else { return [] }
        return try connection.rows(selection + " \(in: keys)") { row in (row.text(0), UserID(row.text(1))) }
    }

    private static let columns = [
        "id", "username", "username_key", "name", "kind", "active", "administrator", "roles", "bio", "nickname",
        "status_text", "utc_offset", "password_hash", "requires_password_change", "email_second_factor",
        "pending_avatar_url", "custom_fields", "created_at", "updated_at", "last_login_at",
        "import_number",
    ]
}
