import SQL

extension Migrations {
    /// Every table of leased work has the same columns for its leases; downloads get the fencing token.
    ///
    /// `first_index` is the index of a batch's first record among the records of its type in the request or file, and
    /// `source_index` that of a failed record; failed records of earlier versions have none.
    static let leases = Migration(number: 14, name: "leases") { dialect in
        let integer = dialect.types.integer
        return """
            ALTER TABLE import_batches RENAME COLUMN attempts TO lease_attempts;
            ALTER TABLE import_operations RENAME COLUMN preparation_owner TO lease_owner;
            ALTER TABLE import_operations RENAME COLUMN preparation_token TO lease_token;
            ALTER TABLE import_operations RENAME COLUMN preparation_expires_at TO lease_expires_at;
            ALTER TABLE import_operations RENAME COLUMN preparation_attempts TO lease_attempts;
            ALTER TABLE downloads RENAME COLUMN claims TO lease_attempts;
            ALTER TABLE downloads ADD COLUMN lease_token \(integer) NOT NULL DEFAULT 0;

            ALTER TABLE import_batches ADD COLUMN first_index \(integer) NOT NULL DEFAULT 0;
            ALTER TABLE import_records ADD COLUMN source_index \(integer);
            CREATE INDEX import_batches_arriving ON import_batches (intake_id, record_type, number) WHERE accepted = 0;
            """
    }
}
