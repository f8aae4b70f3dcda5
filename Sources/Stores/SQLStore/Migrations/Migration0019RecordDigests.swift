import SQL

extension Migrations {
    /// What tells that a record is the one that a message was last made of; null for messages of earlier versions.
    static let recordDigests = Migration(number: 19, name: "record digests") { dialect in
        "ALTER TABLE messages ADD COLUMN record_digest \(dialect.types.integer);"
    }
}
