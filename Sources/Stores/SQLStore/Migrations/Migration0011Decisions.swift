import SQL

extension Migrations {
    /// How often the workspace has changed (the row is made by the first change), and policies by their own names.
    static let decisions = Migration(number: 11, name: "decisions") { dialect in
        let (integer, text) = (dialect.types.integer, dialect.types.text)
        return """
            CREATE TABLE workspace_version (
                id \(text) PRIMARY KEY,
                number \(integer) NOT NULL
            )\(dialect.types.tableSuffix);

            ALTER TABLE import_operations RENAME COLUMN matching TO user_policy;
            UPDATE import_operations SET user_policy = 'fail' WHERE user_policy = 'refuse';
            """
    }
}
