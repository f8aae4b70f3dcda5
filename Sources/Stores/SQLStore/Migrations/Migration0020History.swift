import SQL

extension Migrations {
    /// What the history of imports tells: when each ended, its file, and the reasons of failed records that were removed.
    ///
    /// A deleted operation is invisible; its row goes last, when everything else of it is gone.
    static let history = Migration(number: 20, name: "history of imports") { dialect in
        let (integer, text) = (dialect.types.integer, dialect.types.text)
        return """
            ALTER TABLE import_operations ADD COLUMN ended_at \(integer);
            ALTER TABLE import_operations ADD COLUMN file_size \(integer);
            ALTER TABLE import_operations ADD COLUMN file_sha256 \(text);
            ALTER TABLE import_operations ADD COLUMN deleted \(integer) NOT NULL DEFAULT 0;
            UPDATE import_operations SET ended_at = updated_at WHERE phase = 'ended';
            CREATE INDEX import_operations_deleted ON import_operations (number) WHERE deleted = 1;

            CREATE TABLE import_failure_counts (
                operation_id \(text) NOT NULL,
                record_type \(text) NOT NULL,
                code \(text) NOT NULL,
                records \(integer) NOT NULL,
                PRIMARY KEY (operation_id, record_type, code)
            )\(dialect.types.tableSuffix);

            CREATE INDEX users_pending_avatars ON users (id) WHERE pending_avatar_url IS NOT NULL;
            """
    }
}
