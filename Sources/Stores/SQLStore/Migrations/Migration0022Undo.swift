import SQL

extension Migrations {
    /// The undoing of imports: its progress, what it keeps and why, and files without a row whose bytes are to be removed.
    ///
    /// `changed_at` is when a person changed a row last, null if only imports did. Rooms and messages have none so far:
    /// no call changes them.
    static let undo = Migration(number: 22, name: "undo") { dialect in
        let (integer, text, end) = (dialect.types.integer, dialect.types.text, dialect.types.tableSuffix)
        return """
            ALTER TABLE users ADD COLUMN changed_at \(integer);
            ALTER TABLE rooms ADD COLUMN changed_at \(integer);
            ALTER TABLE messages ADD COLUMN changed_at \(integer);
            UPDATE users SET changed_at = updated_at WHERE updated_at <> created_at;

            CREATE INDEX import_changes_subject ON import_changes (subject_kind, subject_id);
            CREATE INDEX import_operations_undoing ON import_operations (number) WHERE phase = 'undoing';

            CREATE TABLE import_undos (
                import_number \(integer) PRIMARY KEY,
                requested_by \(text) NOT NULL,
                started_at \(integer) NOT NULL,
                ended_at \(integer),
                stage \(text) NOT NULL,
                position \(text) NOT NULL
            )\(end);
            CREATE TABLE import_undo_counts (
                import_number \(integer) NOT NULL,
                kind \(text) NOT NULL,
                outcome \(text) NOT NULL,
                total \(integer) NOT NULL,
                PRIMARY KEY (import_number, kind, outcome)
            )\(end);
            CREATE TABLE import_kept (
                import_number \(integer) NOT NULL,
                kind \(text) NOT NULL,
                subject_id \(text) NOT NULL,
                name \(text),
                reason \(text) NOT NULL,
                PRIMARY KEY (import_number, kind, subject_id)
            )\(end);
            CREATE TABLE removed_files (
                area \(text) NOT NULL,
                file_id \(text) NOT NULL,
                PRIMARY KEY (area, file_id)
            )\(end);
            """
    }
}
