import SQL

extension Migrations {
    /// Requests to try failed records again (`import_retries`) and the records that they name or correct
    /// (`import_retried_records`), how many records are failed for which reason, and an index that
    /// finds them.
    static let retries = Migration(number: 21, name: "retries") { dialect in
        let (integer, text, end) = (dialect.types.integer, dialect.types.text, dialect.types.tableSuffix)
        return """
            CREATE TABLE import_retries (
                operation_id \(text) PRIMARY KEY,
                intake_id \(text) NOT NULL,
                listed \(integer) NOT NULL,
                record_type \(text),
                failure_code \(text)
            )\(end);

            CREATE TABLE import_retried_records (
                intake_id \(text) NOT NULL,
                sequence \(integer) NOT NULL,
                operation_id \(text) NOT NULL,
                staged_at \(integer) NOT NULL,
                action \(text) NOT NULL,
                import_id \(text),
                document \(text),
                secret \(text),
                PRIMARY KEY (intake_id, sequence)
            )\(end);

            ALTER TABLE import_failure_counts ADD COLUMN staged \(integer) NOT NULL DEFAULT 0;
            INSERT INTO import_failure_counts (operation_id, record_type, code, records, staged)
            SELECT operation_id, record_type, failure_code, 0, count(*) FROM import_records
            WHERE state = 'failed' AND failure_code IS NOT NULL GROUP BY operation_id, record_type, failure_code
            ON CONFLICT (operation_id, record_type, code) DO UPDATE SET staged = excluded.staged;

            CREATE INDEX import_records_reasons
                ON import_records (operation_id, record_type, failure_code, sequence) WHERE state = 'failed';
            """
    }
}
