import ImportDomain
import SQL

extension UserTables {
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

    func bound(by operation: OperationID, among users: [UserID]) throws -> Set<UserID> {
        Set(
            try connection.rows(
                """
                SELECT user_id FROM user_import_ids
                WHERE user_id \(in: users.map(\.rawValue)) AND operation_id = \(operation.rawValue)
                UNION SELECT user_id FROM import_confirmed
                WHERE operation_id = \(operation.rawValue) AND user_id \(in: users.map(\.rawValue))
                """
            ) { UserID($0.text(0)) })
    }

    func confirm(_ users: [UserID], by operation: OperationID) throws {
        var rows = BulkInsert(
            into: "import_confirmed", columns: ["operation_id", "user_id"], rowCount: users.count)
        for user in users.map(\.rawValue).sorted() { rows.append(.text(operation.rawValue), .text(user)) }
        try connection.insert(rows)
    }

    func forgetConfirmed(by operation: OperationID, limit: Int) throws -> Bool {
        try connection.execute(
            """
            DELETE FROM import_confirmed WHERE operation_id = \(operation.rawValue) AND user_id IN (
                SELECT user_id FROM import_confirmed WHERE operation_id = \(operation.rawValue)
                ORDER BY user_id LIMIT \(limit))
            """) == limit
    }

    /// Each table's rows go in by the order of its random key, so that a page of that index is visited once a batch.
    func insert(_ users: [User], by operation: OperationID?) throws {
        let keys = users.map { $0.username.map(CaseFolding.key) }
        try connection.insert(into: "users", columns: Self.columns) { rows in
            for index in Self.order(of: keys.map { $0 ?? "" }) {
                // Read in place: to copy a whole account, with all that it holds, takes as long as to write its row.
                try rows.append(
                    .text(users[index].id.rawValue), .optional(users[index].username), .optional(keys[index]),
                    .optional(users[index].name), .text(users[index].kind.rawValue), .flag(users[index].isActive),
                    .flag(users[index].roles.contains(Role.administrator)),
                    .text(StoredRoles.text(of: users[index].roles)), .optional(users[index].bio),
                    .optional(users[index].nickname), .optional(users[index].statusText),
                    .optional(users[index].utcOffset), .optional(users[index].passwordHash),
                    .flag(users[index].requiresPasswordChange), .flag(users[index].hasEmailSecondFactor),
                    .optional(users[index].pendingAvatarURL), .optional(users[index].customFields),
                    users[index].createdAt.sqlValue, users[index].updatedAt.sqlValue,
                    .optional(users[index].lastLoginAt?.milliseconds))
            }
        }
        try insertEmails(of: users)
        try insertImportIDs(of: users, by: operation)
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

    func bind(_ importIDs: [(importID: ImportID, user: UserID)], by operation: OperationID) throws {
        var rows = BulkInsert(
            into: "user_import_ids", columns: ["import_id", "user_id", "position", "operation_id"],
            rowCount: importIDs.count)
        var next: [UserID: Int64] = [:]
        for (importID, user) in importIDs.sorted(by: { $0.importID.rawValue < $1.importID.rawValue }) {
            let position =
                try next[user]
                ?? connection.integer(
                    "SELECT coalesce(max(position), -1) + 1 FROM user_import_ids WHERE user_id = \(user.rawValue)")
            next[user] = position + 1
            rows.append(.text(importID.rawValue), .text(user.rawValue), .integer(position), .text(operation.rawValue))
        }
        try connection.insert(rows)
    }

    func insertEmails(of users: [User]) throws {
        let emails = users.indices.flatMap { index in
            users[index].emails.enumerated().map {
                (user: users[index].id.rawValue, position: $0.offset, email: $0.element)
            }
        }
        let keys = emails.map { CaseFolding.key($0.email.address) }
        try connection.insert(
            into: "user_emails", columns: ["address_key", "user_id", "position", "address", "verified"]
        ) { rows in
            for index in Self.order(of: keys) {
                let (user, position, email) = emails[index]
                try rows.append(
                    .text(keys[index]), .text(user), position.sqlValue, .text(email.address), .flag(email.isVerified))
            }
        }
    }

    private func insertImportIDs(of users: [User], by operation: OperationID?) throws {
        let importIDs = users.indices.flatMap { index in
            users[index].importIDs.enumerated().map {
                (user: users[index].id.rawValue, position: $0.offset, importID: $0.element.rawValue)
            }
        }
        try connection.insert(
            into: "user_import_ids", columns: ["import_id", "user_id", "position", "operation_id"]
        ) { rows in
            for index in Self.order(of: importIDs.map(\.importID)) {
                let (user, position, importID) = importIDs[index]
                try rows.append(.text(importID), .text(user), position.sqlValue, .optional(operation?.rawValue))
            }
        }
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
    ]
}
