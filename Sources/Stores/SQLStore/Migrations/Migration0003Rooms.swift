import SQL

extension Migrations {
    /// Rooms, who is in them, and messages.
    ///
    /// `name_key` and `participants_key` are unique: the first is empty for direct rooms, the second for all others.
    /// Pages of a room and of a thread, and their totals, are ranges of one index each; what is kept from view is not
    /// in the first of them. `touched_rooms` and `touched_threads` only ever grow while an import runs, so that workers
    /// never wait for each other there, and are emptied when it ends. `settled_threads` has rows within a transaction only:
    /// on their way into `messages`, all at once.
    static let rooms = Migration(number: 3, name: "rooms and messages") { dialect in
        let (integer, text, identity) = (dialect.types.integer, dialect.types.text, dialect.types.identity)
        let end = dialect.types.tableSuffix
        return """
            CREATE TABLE rooms (
                id \(text) PRIMARY KEY,
                kind \(text) NOT NULL,
                name \(text),
                name_key \(text) UNIQUE,
                participants_key \(text) UNIQUE,
                display_name \(text),
                topic \(text),
                description \(text),
                announcement \(text),
                archived \(integer) NOT NULL,
                read_only \(integer) NOT NULL,
                creator_id \(text),
                member_count \(integer) NOT NULL,
                message_count \(integer) NOT NULL,
                last_message_id \(text),
                last_message_at \(integer),
                created_at \(integer) NOT NULL,
                updated_at \(integer) NOT NULL
            )\(end);
            CREATE INDEX rooms_kind ON rooms (kind, name_key, id);

            CREATE TABLE room_import_ids (
                import_id \(text) PRIMARY KEY,
                room_id \(text) NOT NULL,
                position \(integer) NOT NULL,
                operation_id \(text)
            )\(end);
            CREATE INDEX room_import_ids_room ON room_import_ids (room_id, position);

            CREATE TABLE subscriptions (
                room_id \(text) NOT NULL,
                user_id \(text) NOT NULL,
                roles \(text) NOT NULL,
                archived \(integer) NOT NULL,
                created_at \(integer) NOT NULL,
                PRIMARY KEY (room_id, user_id)
            )\(end);
            CREATE INDEX subscriptions_user ON subscriptions (user_id, room_id);

            CREATE TABLE messages (
                id \(text) PRIMARY KEY,
                room_id \(text) NOT NULL,
                author_id \(text) NOT NULL,
                written_at \(integer) NOT NULL,
                sequence \(integer) NOT NULL,
                text \(text) NOT NULL,
                system_kind \(text),
                thread_id \(text),
                shown_in_room \(integer) NOT NULL,
                reply_count \(integer) NOT NULL,
                last_reply_at \(integer),
                edited_at \(integer),
                pinned \(integer) NOT NULL,
                hidden \(integer) NOT NULL,
                document \(text)
            )\(end);
            CREATE INDEX messages_room ON messages (room_id, written_at, sequence) WHERE hidden = 0;
            CREATE INDEX messages_thread ON messages (thread_id, written_at, sequence) WHERE thread_id IS NOT NULL;

            CREATE TABLE touched_rooms (
                number \(identity),
                operation_id \(text) NOT NULL,
                room_id \(text) NOT NULL,
                added \(integer) NOT NULL
            )\(end);
            CREATE INDEX touched_rooms_operation ON touched_rooms (operation_id, room_id);

            CREATE TABLE touched_threads (
                number \(identity),
                operation_id \(text) NOT NULL,
                parent_id \(text) NOT NULL,
                room_id \(text) NOT NULL,
                started_at \(integer)
            )\(end);
            CREATE INDEX touched_threads_operation ON touched_threads (operation_id, parent_id);

            CREATE TABLE settled_threads (
                parent_id \(text) NOT NULL,
                reply_count \(integer) NOT NULL,
                last_reply_at \(integer) NOT NULL,
                document \(text) NOT NULL
            )\(end);
            """
    }
}
