import SQL

extension Migrations {
    /// The texts by which failed records are searched, made when somebody searches; and the account that requested a pause
    /// or cancellation, with its names of that time; and when the first and last messages of a pack were written.
    static let search = Migration(number: 27, name: "search in failures") { dialect in
        let (integer, text) = (dialect.types.integer, dialect.types.text)
        return """
            CREATE TABLE import_failure_texts (
                operation_id \(text) NOT NULL,
                sequence \(integer) NOT NULL,
                texts \(text) NOT NULL,
                PRIMARY KEY (operation_id, sequence)
            )\(dialect.types.tableSuffix);

            ALTER TABLE import_operations ADD COLUMN control_at \(integer);
            ALTER TABLE import_operations ADD COLUMN control_by \(text);
            ALTER TABLE import_operations ADD COLUMN control_by_username \(text);
            ALTER TABLE import_operations ADD COLUMN control_by_name \(text);

            ALTER TABLE import_batches ADD COLUMN first_written_at \(integer);
            ALTER TABLE import_batches ADD COLUMN last_written_at \(integer);
            """
    }
}
