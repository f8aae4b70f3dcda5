import SQL

extension Migrations {
    /// How often operations were started; and what undos kept, by reason, so that lists and examples of one reason read
    /// nothing else.
    static let runs = Migration(number: 26, name: "runs") { dialect in
        """
        ALTER TABLE import_operations ADD COLUMN run_count \(dialect.types.integer) NOT NULL DEFAULT 0;
        CREATE INDEX import_kept_reasons ON import_kept (import_number, reason, kind, subject_id);
        """
    }
}
