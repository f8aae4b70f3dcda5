import SQL

extension Migrations {
    /// Sessions of personal access tokens: the name, the token's last characters, and whether a second factor is bypassed.
    static let personalTokens = Migration(number: 28, name: "personal tokens") { dialect in
        let (integer, text) = (dialect.types.integer, dialect.types.text)
        return """
            ALTER TABLE sessions ADD COLUMN token_name \(text);
            ALTER TABLE sessions ADD COLUMN token_last_part \(text);
            ALTER TABLE sessions ADD COLUMN bypasses_two_factor \(integer);
            CREATE UNIQUE INDEX sessions_token_name ON sessions (user_id, token_name) WHERE token_name IS NOT NULL;
            """
    }
}
