import SQL

extension Migrations {
    /// Results of checks, and the decisions about their records in pages.
    static let checks = Migration(number: 18, name: "checks") { dialect in
        let (integer, text, blob) = (dialect.types.integer, dialect.types.text, dialect.types.blob)
        let end = dialect.types.tableSuffix
        return """
            CREATE TABLE import_checks (
                number \(dialect.types.identity),
                operation_id \(text) NOT NULL,
                digest \(text) NOT NULL,
                complete \(integer) NOT NULL,
                changed_at \(integer) NOT NULL,
                record_count \(integer) NOT NULL,
                result \(text) NOT NULL
            )\(end);
            CREATE INDEX import_checks_operation ON import_checks (operation_id, digest, number);

            CREATE TABLE import_check_pages (
                check_number \(integer) NOT NULL,
                first_index \(integer) NOT NULL,
                record_type \(text) NOT NULL,
                created \(integer) NOT NULL,
                updated \(integer) NOT NULL,
                bound \(integer) NOT NULL,
                unchanged \(integer) NOT NULL,
                skipped \(integer) NOT NULL,
                failed \(integer) NOT NULL,
                payload \(blob) NOT NULL,
                PRIMARY KEY (check_number, first_index)
            )\(end);
            """
    }
}
