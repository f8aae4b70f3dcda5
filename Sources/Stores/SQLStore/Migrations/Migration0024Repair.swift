import SQL

extension Migrations {
    /// Whom imported rooms and messages name and nobody is yet, so that a retry can complete them; and pages of checks by
    /// type and decision. Checks that were stored are made again.
    static let repair = Migration(number: 24, name: "repair") { dialect in
        let (integer, text, blob) = (dialect.types.integer, dialect.types.text, dialect.types.blob)
        let end = dialect.types.tableSuffix
        return """
            DELETE FROM import_checks;
            DROP TABLE import_check_pages;
            CREATE TABLE import_check_pages (
                check_number \(integer) NOT NULL,
                record_type \(text) NOT NULL,
                outcome \(text) NOT NULL,
                position \(integer) NOT NULL,
                record_count \(integer) NOT NULL,
                first_index \(integer) NOT NULL,
                payload \(blob) NOT NULL,
                PRIMARY KEY (check_number, record_type, outcome, position)
            )\(end);
            CREATE INDEX import_check_pages_index
                ON import_check_pages (check_number, record_type, outcome, first_index);

            CREATE TABLE import_missing_members (
                import_number \(integer) NOT NULL,
                room_id \(text) NOT NULL,
                position \(integer) NOT NULL,
                import_id \(text) NOT NULL,
                admits_guest \(integer) NOT NULL,
                stand_in_id \(text),
                stand_in_leaves \(integer) NOT NULL,
                PRIMARY KEY (import_number, room_id, position, import_id)
            )\(end);
            CREATE TABLE import_incomplete_messages (
                import_number \(integer) NOT NULL,
                message_id \(text) NOT NULL,
                sequence \(integer) NOT NULL,
                document \(text) NOT NULL,
                people \(text) NOT NULL,
                rooms \(text) NOT NULL,
                PRIMARY KEY (import_number, message_id)
            )\(end);
            """
    }
}
