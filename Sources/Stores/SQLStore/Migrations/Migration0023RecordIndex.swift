import SQL

extension Migrations {
    /// The index of staged users, rooms and contacts, one row a batch, made when somebody lists them.
    ///
    /// `flags` stands before `texts`, so that a count of properties does not read the texts.
    static let recordIndex = Migration(number: 23, name: "record index") { dialect in
        """
        CREATE TABLE import_batch_index (
            batch_number \(dialect.types.integer) PRIMARY KEY,
            flags \(dialect.types.blob) NOT NULL,
            texts \(dialect.types.blob) NOT NULL
        )\(dialect.types.tableSuffix);
        """
    }
}
