import SQL

extension Migrations {
    /// Accounts of records that were imported before, while the users of an operation are imported.
    static let confirmed = Migration(number: 10, name: "confirmed accounts") { dialect in
        let text = dialect.types.text
        return """
            CREATE TABLE import_confirmed (
                operation_id \(text) NOT NULL,
                user_id \(text) NOT NULL,
                PRIMARY KEY (operation_id, user_id)
            )\(dialect.types.tableSuffix);
            """
    }
}
