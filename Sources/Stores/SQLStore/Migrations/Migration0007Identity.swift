import ImportDomain
import SQL

extension Migrations {
    /// Import ids of failed records on which other records depend, and folded keys by the present rule.
    ///
    /// Earlier versions folded `\u{1E9E}` (capital sharp s) apart from `\u{DF}`, and `\u{131}` (dotless i) to `i`. A key
    /// that another row holds already stays as it was: neither row is lost, and the name in question can be changed.
    static let identity = Migration(number: 7, name: "identity") { dialect in
        let text = dialect.types.text
        return """
            CREATE TABLE import_failed (
                operation_id \(text) NOT NULL,
                record_type \(text) NOT NULL,
                import_id \(text) NOT NULL,
                PRIMARY KEY (operation_id, record_type, import_id)
            )\(dialect.types.tableSuffix);
            """
    } rewriting: { connection in
        try refold(
            try connection.rows(
                """
                SELECT username_key, username FROM users
                WHERE username LIKE \("%\u{1E9E}%") OR username LIKE \("%\u{131}%")
                """, held)
        ) {
            try connection.execute(
                """
                UPDATE users SET username_key = \($1) WHERE username_key = \($0)
                    AND NOT EXISTS (SELECT 1 FROM users WHERE username_key = \($1))
                """)
        }
        try refold(
            try connection.rows(
                """
                SELECT address_key, address FROM user_emails
                WHERE address LIKE \("%\u{1E9E}%") OR address LIKE \("%\u{131}%")
                """, held)
        ) {
            try connection.execute(
                """
                UPDATE user_emails SET address_key = \($1) WHERE address_key = \($0)
                    AND NOT EXISTS (SELECT 1 FROM user_emails WHERE address_key = \($1))
                """)
        }
        try refold(
            try connection.rows(
                """
                SELECT name_key, name FROM rooms WHERE name LIKE \("%\u{1E9E}%") OR name LIKE \("%\u{131}%")
                """, held)
        ) {
            try connection.execute(
                """
                UPDATE rooms SET name_key = \($1) WHERE name_key = \($0)
                    AND NOT EXISTS (SELECT 1 FROM rooms WHERE name_key = \($1))
                """)
        }
    }

    private static func held(_ row: any SQLRow) -> (key: String, name: String) { (row.text(0), row.text(1)) }

    private static func refold(
        _ names: [(key: String, name: String)], _ update: (_ held: String, _ folded: String) throws -> Int
    ) throws {
        for (key, name) in names {
            let folded = CaseFolding.key(name)
            if folded != key { _ = try update(key, folded) }
        }
    }
}
