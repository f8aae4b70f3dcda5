import SQL

extension Migrations {
    /// What is to be fetched, and the files and avatars that are there.
    ///
    /// A file of the source is one row, however many messages carry it.
    static let downloads = Migration(number: 4, name: "downloads, files and avatars") { dialect in
        let (integer, text, identity) = (dialect.types.integer, dialect.types.text, dialect.types.identity)
        let end = dialect.types.tableSuffix
        return """
            CREATE TABLE downloads (
                number \(identity),
                kind \(text) NOT NULL,
                subject \(text) NOT NULL,
                url \(text) NOT NULL,
                host \(text) NOT NULL,
                name \(text) NOT NULL,
                media_type \(text),
                state \(text) NOT NULL,
                attempts \(integer) NOT NULL,
                due_at \(integer),
                reason \(text),
                file_id \(text),
                lease_owner \(text),
                lease_expires_at \(integer),
                UNIQUE (kind, subject)
            )\(end);
            CREATE INDEX downloads_state ON downloads (state, kind, due_at, number);
            CREATE INDEX downloads_owner ON downloads (lease_owner) WHERE lease_owner IS NOT NULL;

            CREATE TABLE download_messages (
                subject \(text) NOT NULL,
                message_id \(text) NOT NULL,
                PRIMARY KEY (subject, message_id)
            )\(end);

            CREATE TABLE avatars (
                user_id \(text) PRIMARY KEY,
                file_id \(text) NOT NULL,
                media_type \(text) NOT NULL,
                size_bytes \(integer) NOT NULL,
                created_at \(integer) NOT NULL
            )\(end);

            CREATE TABLE uploads (
                id \(text) PRIMARY KEY,
                room_id \(text) NOT NULL,
                user_id \(text) NOT NULL,
                name \(text) NOT NULL,
                media_type \(text) NOT NULL,
                size_bytes \(integer) NOT NULL,
                width \(integer),
                height \(integer),
                created_at \(integer) NOT NULL
            )\(end);
            CREATE INDEX uploads_room ON uploads (room_id);
            """
    }
}
