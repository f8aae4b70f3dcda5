import SQL

extension Migrations {
    /// Accounts, roles, settings and sessions.
    ///
    /// `username_key`, `address_key` and `import_id` are unique, which is what keeps two imports at the same time, or
    /// an import and an administrator, from making one person twice. Names are folded in Swift, so that both
    /// databases agree on what is the same.
    static let workspace = Migration(number: 1, name: "workspace") { dialect in
        let (integer, real, text) = (dialect.types.integer, dialect.types.real, dialect.types.text)
        let end = dialect.types.tableSuffix
        return """
            CREATE TABLE users (
                id \(text) PRIMARY KEY,
                username \(text),
                username_key \(text) UNIQUE,
                name \(text),
                kind \(text) NOT NULL,
                active \(integer) NOT NULL,
                administrator \(integer) NOT NULL,
                roles \(text) NOT NULL,
                bio \(text),
                nickname \(text),
                status_text \(text),
                utc_offset \(real),
                password_hash \(text),
                requires_password_change \(integer) NOT NULL,
                email_second_factor \(integer) NOT NULL,
                pending_avatar_url \(text),
                custom_fields \(text),
                created_at \(integer) NOT NULL,
                updated_at \(integer) NOT NULL,
                last_login_at \(integer)
            )\(end);
            CREATE INDEX users_administrators ON users (id) WHERE administrator = 1;

            CREATE TABLE user_emails (
                address_key \(text) PRIMARY KEY,
                user_id \(text) NOT NULL,
                position \(integer) NOT NULL,
                address \(text) NOT NULL,
                verified \(integer) NOT NULL
            )\(end);
            CREATE INDEX user_emails_user ON user_emails (user_id, position);

            CREATE TABLE user_import_ids (
                import_id \(text) PRIMARY KEY,
                user_id \(text) NOT NULL,
                position \(integer) NOT NULL,
                operation_id \(text)
            )\(end);
            CREATE INDEX user_import_ids_user ON user_import_ids (user_id, position);

            CREATE TABLE roles (
                id \(text) PRIMARY KEY,
                name \(text) NOT NULL,
                scope \(text) NOT NULL,
                description \(text) NOT NULL,
                protected \(integer) NOT NULL,
                updated_at \(integer) NOT NULL
            )\(end);

            CREATE TABLE permissions (
                id \(text) PRIMARY KEY,
                updated_at \(integer) NOT NULL
            )\(end);

            CREATE TABLE role_permissions (
                permission_id \(text) NOT NULL,
                role_id \(text) NOT NULL,
                position \(integer) NOT NULL,
                PRIMARY KEY (permission_id, role_id)
            )\(end);

            CREATE TABLE settings (
                id \(text) PRIMARY KEY,
                kind \(text) NOT NULL,
                value \(text) NOT NULL
            )\(end);

            CREATE TABLE sessions (
                token_hash \(text) PRIMARY KEY,
                user_id \(text) NOT NULL,
                created_at \(integer) NOT NULL,
                expires_at \(integer) NOT NULL
            )\(end);
            CREATE INDEX sessions_user ON sessions (user_id);
            CREATE INDEX sessions_expiry ON sessions (expires_at);

            CREATE TABLE login_failures (
                subject \(text) NOT NULL,
                failed_at \(integer) NOT NULL
            )\(end);
            CREATE TABLE call_counts (
                key \(text) PRIMARY KEY,
                ends_at \(integer) NOT NULL,
                calls \(integer) NOT NULL
            )\(end);
            CREATE INDEX call_counts_end ON call_counts (ends_at);

            CREATE INDEX login_failures_subject ON login_failures (subject, failed_at);
            CREATE INDEX login_failures_time ON login_failures (failed_at);
            """
    }
}
