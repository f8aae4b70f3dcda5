import SQL

extension Migrations {
    /// What tells people apart: the organizations that gave import ids (few sources name one, so it is not a column),
    /// and the accounts whose import ids the records of a running import have.
    static let organizations = Migration(number: 15, name: "organizations") { dialect in
        let (integer, text, end) = (dialect.types.integer, dialect.types.text, dialect.types.tableSuffix)
        return """
            CREATE TABLE import_id_organizations (
                import_id \(text) PRIMARY KEY,
                organization \(text) NOT NULL
            )\(end);
            CREATE TABLE import_described (
                import_number \(integer) NOT NULL,
                user_id \(text) NOT NULL,
                PRIMARY KEY (import_number, user_id)
            )\(end);
            """
    }
}
