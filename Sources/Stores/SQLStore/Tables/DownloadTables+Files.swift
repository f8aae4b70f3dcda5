import ImportDomain
import JSON
import SQL

/// `avatars` and `uploads`, and how messages show files.
extension DownloadTables {
    func finish(_ download: Download, avatar: StoredFile) throws -> FileID? {
        let replaced = try connection.first("SELECT file_id FROM avatars WHERE user_id = \(download.subject)") {
            FileID($0.text(0))
        }
        try connection.execute(
            """
            INSERT INTO avatars (user_id, file_id, media_type, size_bytes, created_at)
            VALUES (\(download.subject), \(avatar.id.rawValue), \(avatar.mediaType), \(avatar.sizeBytes),
                \(avatar.createdAt))
            ON CONFLICT (user_id) DO UPDATE SET file_id = excluded.file_id, media_type = excluded.media_type,
                size_bytes = excluded.size_bytes, created_at = excluded.created_at
            """)
        try connection.execute("UPDATE users SET pending_avatar_url = NULL WHERE id = \(download.subject)")
        try end(download, file: avatar.id)
        return replaced
    }

    func finish(_ download: Download, file: StoredFile) throws {
        // The file belongs to the first message that carries it; when that is gone, so is whoever could open it.
        if let (room, author, writtenAt) = try connection.first(
            """
            SELECT room_id, author_id, written_at FROM messages
            WHERE id IN (SELECT message_id FROM download_messages WHERE subject = \(download.subject))
            ORDER BY written_at, id LIMIT 1
            """, { ($0.text(0), $0.text(1), $0.timestamp(2)) })
        {
            try connection.execute(
                """
                INSERT INTO uploads (id, room_id, user_id, name, media_type, size_bytes, width, height, created_at)
                VALUES (\(file.id.rawValue), \(room), \(author), \(file.name), \(file.mediaType), \(file.sizeBytes),
                    \(file.pixels?.width), \(file.pixels?.height), \(writtenAt))
                """)
            try attach(file, toMessagesOf: download.subject)
        }
        try end(download, file: file.id)
    }

    func avatar(of user: UserID) throws -> StoredFile? {
        try connection.first(
            "SELECT file_id, media_type, size_bytes, created_at FROM avatars WHERE user_id = \(user.rawValue)"
        ) { row in
            StoredFile(
                id: FileID(row.text(0)), name: "avatar", mediaType: row.text(1), sizeBytes: row.count(2),
                createdAt: row.timestamp(3))
        }
    }

    func file(id: FileID) throws -> (file: StoredFile, room: RoomID)? {
        try connection.first(
            """
            SELECT name, media_type, size_bytes, width, height, created_at, room_id FROM uploads
            WHERE id = \(id.rawValue)
            """
        ) { row in
            var pixels: PixelSize?
            if let width = row.optionalInteger(3), let height = row.optionalInteger(4) {
                pixels = PixelSize(width: Int(width), height: Int(height))
            }
            return (
                StoredFile(
                    id: id, name: row.text(0), mediaType: row.text(1), sizeBytes: row.count(2), pixels: pixels,
                    createdAt: row.timestamp(5)), RoomID(row.text(6))
            )
        }
    }

    /// Shows a file in every message that carries it.
    func attach(_ file: StoredFile, toMessagesOf subject: String) throws {
        try changeMessages(of: subject) { document in
            AttachedFile.document(document, showing: file)
        }
    }

    /// Tells in every message that carries a file why it is not there.
    func tell(_ note: String, inMessagesOf subject: String) throws {
        try changeMessages(of: subject) { document in
            AttachedFile.document(document, telling: note)
        }
    }

    private func changeMessages(of subject: String, _ change: (String?) -> String) throws {
        for (id, document) in try connection.rows(
            """
            SELECT id, document FROM messages
            WHERE id IN (SELECT message_id FROM download_messages WHERE subject = \(subject))
            """, { ($0.text(0), $0.optionalText(1)) })
        {
            try connection.execute(
                "UPDATE messages SET document = \(change(document)), hidden = 0 WHERE id = \(id)")
        }
    }

    func knows(_ file: FileID) throws -> Bool {
        try connection.exists(
            """
            SELECT 1 FROM uploads WHERE id = \(file.rawValue)
            UNION ALL SELECT 1 FROM avatars WHERE file_id = \(file.rawValue) LIMIT 1
            """)
    }

    /// Nobody needs to look any further; a file of messages may have been looked for in an export and on a server.
    private func end(_ download: Download, file: FileID) throws {
        let kinds: [Download.Kind] = download.kind == .avatar ? [.avatar] : [.file, .archived]
        try connection.execute(
            """
            UPDATE downloads SET state = 'done', file_id = \(file.rawValue), reason = NULL, claims = 0, lease_owner = NULL,
                lease_expires_at = NULL, due_at = NULL
            WHERE subject = \(download.subject) AND kind \(in: kinds.map(\.rawValue))
            """)
    }
}
