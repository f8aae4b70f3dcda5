import SQL

extension Migrations {
    /// How many records of a batch bring a password, which is what decides how long its import takes.
    ///
    /// Batches that were staged before count as having none: they are claimed by their size, as they were.
    static let stagedSecrets = Migration(number: 5, name: "staged secrets") { dialect in
        """
        ALTER TABLE import_batches ADD COLUMN secret_count \(dialect.types.integer) NOT NULL DEFAULT 0;
        """
    }
}
