import SQL

extension Migrations {
    /// Counts how often work was claimed and neither finished nor released: its process ended in the middle of it.
    ///
    /// `attempt_limit` is the number of attempts after which a batch is divided. `file_removed` replaces the removal of
    /// `file_id`, so that ended operations keep the name of their file. `import_records_kept` serves pages of one type,
    /// `import_records_failed` those of all failures; a list of states would defeat a partial index of each.
    /// `downloads_due` serves the queue, and `downloads_host` what is left of it while a host is busy.
    static let attempts = Migration(number: 6, name: "attempts") { dialect in
        let integer = dialect.types.integer
        return """
            ALTER TABLE import_batches ADD COLUMN attempts \(integer) NOT NULL DEFAULT 0;
            ALTER TABLE import_batches ADD COLUMN attempt_limit \(integer) NOT NULL DEFAULT 3;
            ALTER TABLE import_operations ADD COLUMN preparation_attempts \(integer) NOT NULL DEFAULT 0;
            ALTER TABLE import_operations ADD COLUMN started_at \(integer);
            ALTER TABLE import_operations ADD COLUMN file_removed \(integer) NOT NULL DEFAULT 0;
            ALTER TABLE downloads ADD COLUMN claims \(integer) NOT NULL DEFAULT 0;

            UPDATE import_operations SET file_removed = 1 WHERE file_id IS NULL AND file_name IS NOT NULL;
            CREATE INDEX import_operations_files ON import_operations (file_id) WHERE valid = 0 AND file_removed = 0;
            CREATE INDEX import_operations_updated ON import_operations (updated_at, number);

            CREATE INDEX import_batches_open ON import_batches (intake_id, staged_at) WHERE accepted = 0;

            DROP INDEX import_records_failed;
            DROP INDEX import_records_skipped;
            CREATE INDEX import_records_failed ON import_records (operation_id, sequence, record_type, failure_code)
                WHERE state = 'failed';
            CREATE INDEX import_records_kept ON import_records (operation_id, record_type, sequence)
                WHERE state <> 'pending';
            CREATE INDEX import_records_secrets ON import_records (operation_id)
                WHERE state = 'failed' AND secret IS NOT NULL;

            CREATE INDEX downloads_due ON downloads (due_at, number) WHERE state = 'queued';
            CREATE INDEX downloads_host ON downloads (host, due_at, number) WHERE state = 'queued';
            """
    }
}
