import SQL

extension Migrations {
    /// How far the reading of an operation's file has come.
    static let fileProgress = Migration(number: 13, name: "file-progress") { dialect in
        let integer = dialect.types.integer
        return """
            ALTER TABLE import_operations ADD COLUMN file_bytes_read \(integer);
            ALTER TABLE import_operations ADD COLUMN file_bytes_total \(integer);
            """
    }
}
