import SQL

extension Migrations {
    /// Operations, their counts, and the staging area.
    ///
    /// A record's `sequence` is its batch's number and its position (`RecordSequence`), so a batch is a range of the
    /// primary key: claiming, reading and removing it need no other index. Imported records are deleted; what remains
    /// are failures and what was not selected, which partial indexes find. Messages, of which there are millions, wait in
    /// compressed packs, one a batch; one that fails is taken out of its pack and becomes a record.
    static let staging = Migration(number: 2, name: "staging area") { dialect in
        let (integer, text, blob, identity) = (
            dialect.types.integer, dialect.types.text, dialect.types.blob, dialect.types.identity
        )
        let end = dialect.types.tableSuffix
        return """
            CREATE TABLE import_operations (
                number \(identity),
                id \(text) NOT NULL UNIQUE,
                importer_key \(text) NOT NULL,
                created_at \(integer) NOT NULL,
                created_by \(text) NOT NULL,
                step \(text) NOT NULL,
                valid \(integer) NOT NULL,
                updated_at \(integer) NOT NULL,
                file_id \(text),
                file_name \(text),
                content_type \(text),
                source_url \(text),
                preparing_entry \(text),
                preparation_owner \(text),
                preparation_token \(integer) NOT NULL,
                preparation_expires_at \(integer),
                started_by \(text),
                matching \(text),
                listed_types \(text),
                failure_code \(text),
                failure_message \(text),
                failure_entry \(text)
            )\(end);
            CREATE INDEX import_operations_valid ON import_operations (id) WHERE valid = 1;

            CREATE TABLE import_counts (
                operation_id \(text) NOT NULL,
                record_type \(text) NOT NULL,
                total \(integer) NOT NULL,
                completed \(integer) NOT NULL,
                error \(integer) NOT NULL,
                skipped \(integer) NOT NULL,
                unchanged \(integer) NOT NULL,
                updated \(integer) NOT NULL,
                updated_at \(integer) NOT NULL,
                PRIMARY KEY (operation_id, record_type),
                CHECK (completed + error + skipped <= total AND unchanged + updated <= completed)
            )\(end);

            CREATE TABLE import_batches (
                number \(identity),
                operation_id \(text) NOT NULL,
                intake_id \(text) NOT NULL,
                record_type \(text) NOT NULL,
                record_count \(integer) NOT NULL,
                weight \(integer) NOT NULL,
                accepted \(integer) NOT NULL,
                staged_at \(integer) NOT NULL,
                lease_owner \(text),
                lease_token \(integer) NOT NULL,
                lease_expires_at \(integer)
            )\(end);
            CREATE INDEX import_batches_operation ON import_batches (operation_id, record_type, accepted, number);
            CREATE INDEX import_batches_intake ON import_batches (intake_id, staged_at);
            CREATE INDEX import_batches_owner ON import_batches (lease_owner) WHERE lease_owner IS NOT NULL;

            CREATE TABLE import_records (
                sequence \(integer) PRIMARY KEY,
                operation_id \(text) NOT NULL,
                record_type \(text) NOT NULL,
                state \(text) NOT NULL,
                import_id \(text) NOT NULL,
                document \(text) NOT NULL,
                secret \(text),
                failure_code \(text),
                failure_message \(text),
                failure_field \(text),
                clashes_with \(text)
            )\(end);
            CREATE INDEX import_records_failed ON import_records (operation_id, sequence) WHERE state = 'failed';
            CREATE INDEX import_records_skipped ON import_records (operation_id, sequence) WHERE state = 'skipped';

            CREATE TABLE import_skipped (
                operation_id \(text) NOT NULL,
                record_type \(text) NOT NULL,
                import_id \(text) NOT NULL,
                PRIMARY KEY (operation_id, record_type, import_id)
            )\(end);

            CREATE TABLE import_packs (
                batch_number \(integer) PRIMARY KEY,
                payload \(blob) NOT NULL
            )\(end);

            CREATE TABLE import_selection (
                operation_id \(text) NOT NULL,
                record_type \(text) NOT NULL,
                import_id \(text) NOT NULL,
                PRIMARY KEY (operation_id, record_type, import_id)
            )\(end);

            CREATE TABLE import_findings (
                number \(identity),
                operation_id \(text) NOT NULL,
                severity \(text) NOT NULL,
                code \(text) NOT NULL,
                entry \(text),
                position \(integer),
                field \(text),
                value \(text),
                message \(text) NOT NULL,
                amount \(integer) NOT NULL
            )\(end);
            CREATE INDEX import_findings_operation ON import_findings (operation_id, severity, code, number);

            CREATE TABLE import_finding_counts (
                operation_id \(text) NOT NULL,
                severity \(text) NOT NULL,
                code \(text) NOT NULL,
                findings \(integer) NOT NULL,
                elements \(integer) NOT NULL,
                PRIMARY KEY (operation_id, severity, code)
            )\(end);
            """
    }
}
