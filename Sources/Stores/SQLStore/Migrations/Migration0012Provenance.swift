import SQL

extension Migrations {
    /// The number of the import that made a row, null for what people made, and what imports changed.
    ///
    /// Rows made by earlier versions carry the number where their import ids tell it; members and messages do not.
    static let provenance = Migration(number: 12, name: "provenance") { dialect in
        let (integer, text) = (dialect.types.integer, dialect.types.text)
        let end = dialect.types.tableSuffix
        return """
            ALTER TABLE users ADD COLUMN import_number \(integer);
            ALTER TABLE rooms ADD COLUMN import_number \(integer);
            ALTER TABLE subscriptions ADD COLUMN import_number \(integer);
            ALTER TABLE messages ADD COLUMN import_number \(integer);

            ALTER TABLE user_import_ids ADD COLUMN import_number \(integer);
            UPDATE user_import_ids SET import_number =
                (SELECT number FROM import_operations WHERE import_operations.id = user_import_ids.operation_id);
            ALTER TABLE user_import_ids DROP COLUMN operation_id;
            ALTER TABLE room_import_ids ADD COLUMN import_number \(integer);
            UPDATE room_import_ids SET import_number =
                (SELECT number FROM import_operations WHERE import_operations.id = room_import_ids.operation_id);
            ALTER TABLE room_import_ids DROP COLUMN operation_id;

            CREATE TABLE import_confirmed_accounts (
                import_number \(integer) NOT NULL,
                user_id \(text) NOT NULL,
                PRIMARY KEY (import_number, user_id)
            )\(end);
            INSERT INTO import_confirmed_accounts (import_number, user_id)
                SELECT number, user_id FROM import_confirmed
                JOIN import_operations ON import_operations.id = import_confirmed.operation_id;
            DROP TABLE import_confirmed;
            ALTER TABLE import_confirmed_accounts RENAME TO import_confirmed;

            CREATE TABLE import_changes (
                import_number \(integer) NOT NULL,
                subject_kind \(text) NOT NULL,
                subject_id \(text) NOT NULL,
                field \(text) NOT NULL,
                before_value \(text),
                after_value \(text),
                PRIMARY KEY (import_number, subject_kind, subject_id, field)
            )\(end);
            """
    }
}
