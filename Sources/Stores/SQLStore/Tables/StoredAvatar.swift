import ImportDomain
import JSON
import SQL

/// The avatar of an account and the request of it, as `import_changes` keep them.
///
/// An import that requests another avatar records what the account had, and the download records the new file. The bytes
/// of the earlier file stay until the import is undone or deleted.
struct StoredAvatar: Equatable, Sendable {
    /// The row of `downloads`.
    struct Request: Equatable, Sendable {
        var url = ""
        var state = Download.State.done
        var reason: String?
    }

    /// The file; nil if the account has none.
    var file: StoredFile?
    /// The latest request; nil if none was queued.
    var request: Request?

    /// The field of a recorded change.
    static let field = "avatar"

    /// What an account has; nil if it has neither an avatar nor a request.
    static func present(of user: String, on connection: any SQLConnection) throws -> StoredAvatar? {
        let file = try connection.rows(of: AvatarColumn.table, "WHERE user_id = \(user)") { row in
            StoredFile(
                id: FileID(row.text(.fileID)), name: "avatar", mediaType: row.text(.mediaType),
                sizeBytes: row.count(.sizeBytes), createdAt: row.timestamp(.createdAt))
        }.first
        let request = try connection.rows(
            of: DownloadColumn.table, "WHERE kind = 'avatar' AND subject = \(user)"
        ) { row in
            Request(url: row.text(.url), state: try row.value(.state), reason: row.optionalText(.reason))
        }.first
        return file == nil && request == nil ? nil : StoredAvatar(file: file, request: request)
    }

    /// Records what an account has before an import requests another avatar; the first record of an import stays.
    static func record(of user: UserID, by number: ImportNumber, on connection: any SQLConnection) throws {
        let change = ImportChange(
            .user(user), field: field, before: try present(of: user.rawValue, on: connection)?.text, after: nil)
        try connection.insert(
            one: (change, number), into: ImportChangeColumn.table,
            "ON CONFLICT (import_number, subject_kind, subject_id, field) DO NOTHING")
    }

    /// Records the file that the latest import to request this URL brought.
    static func record(_ file: FileID, of download: Download, on connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE import_changes SET after_value = \(file.rawValue)
            WHERE subject_kind = 'user' AND subject_id = \(download.subject) AND field = \(field)
                AND import_number = (
                    SELECT max(request.import_number) FROM import_changes AS request
                    WHERE request.subject_kind = 'user' AND request.subject_id = \(download.subject)
                        AND request.field = \(UserColumn.pendingAvatarURL.name)
                        AND request.after_value = \(download.url))
            """)
    }

    /// The files of an account that recorded changes name.
    static func earlierFiles(of user: String, on connection: any SQLConnection) throws -> Set<FileID> {
        Set(
            try connection.rows(
                """
                SELECT before_value FROM import_changes WHERE subject_kind = 'user' AND subject_id = \(user)
                    AND field = \(field) AND before_value IS NOT NULL
                """
            ) { try StoredAvatar(text: $0.text(0)).file?.id }.compactMap(\.self))
    }

    /// Lists the bytes of those files for removal that are neither the account's avatar nor named by recorded changes.
    static func remove(_ files: Set<FileID>, of user: String, on connection: any SQLConnection) throws {
        guard !files.isEmpty else { return }
        let avatar = try connection.rows("SELECT file_id FROM avatars WHERE user_id = \(user)") { FileID($0.text(0)) }
        let used = try earlierFiles(of: user, on: connection).union(avatar)
        for file in files.subtracting(used).map(\.rawValue).sorted() {
            try connection.insert(
                one: [.text(FileArea.avatars.rawValue), .text(file)], into: RemovedFileColumn.table,
                "ON CONFLICT (area, file_id) DO NOTHING")
        }
    }

    /// Gives this avatar and request back to an account; a worker that downloads another one loses its lease.
    func restore(to user: String, on connection: any SQLConnection, clock: any WallClock) throws {
        if let file {
            try connection.insert(
                one: (UserID(user), file), into: AvatarColumn.table,
                """
                ON CONFLICT (user_id) DO UPDATE SET file_id = excluded.file_id, media_type = excluded.media_type,
                    size_bytes = excluded.size_bytes, created_at = excluded.created_at
                """)
        } else {
            try connection.execute("DELETE FROM avatars WHERE user_id = \(user)")
        }
        guard let request else {
            try connection.execute("DELETE FROM downloads WHERE kind = 'avatar' AND subject = \(user)")
            return
        }
        let due = request.state == .queued ? try connection.currentTime(by: clock) : nil
        try connection.execute(
            """
            UPDATE downloads SET url = \(request.url), host = \(Download.host(of: request.url)),
                state = \(request.state.rawValue), reason = \(request.reason), file_id = \(file?.id.rawValue),
                attempts = 0, due_at = \(due), lease_token = lease_token + 1, \(LeaseTables.ended)
            WHERE kind = 'avatar' AND subject = \(user)
            """)
    }

    /// The stored form; nil if there is nothing.
    var text: String? {
        guard file != nil || request != nil else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        if let file {
            writer.text(file.id.rawValue, for: "file")
            writer.text(file.mediaType, for: "type")
            writer.text(String(file.sizeBytes), for: "bytes")
            writer.text(String(file.createdAt.milliseconds), for: "created")
        }
        if let request {
            writer.text(request.url, for: "url")
            writer.text(request.state.rawValue, for: "state")
            if let reason = request.reason { writer.text(reason, for: "reason") }
        }
        writer.endObject()
        return writer.text
    }

    /// - Throws: `StoreError.corrupt`.
    init(text: String) throws {
        var fields: [String: String] = [:]
        do {
            fields = try JSONReader.read(text) { reader in
                var fields: [String: String] = [:]
                try reader.beginObject()
                while let key = try reader.nextKey() { fields[key] = try reader.readString() }
                return fields
            }
        } catch {
            throw StoreError.corrupt(message: "An earlier avatar cannot be read: \(error)")
        }
        file = fields["file"].map { id in
            StoredFile(
                id: FileID(id), name: "avatar", mediaType: fields["type"] ?? "",
                sizeBytes: fields["bytes"].flatMap { Int($0) } ?? 0,
                createdAt: Timestamp(milliseconds: fields["created"].flatMap { Int64($0) } ?? 0))
        }
        request = fields["url"].map { url in
            Request(
                url: url, state: fields["state"].flatMap(Download.State.init(rawValue:)) ?? .done,
                reason: fields["reason"])
        }
    }

    /// An avatar, its request, or both.
    init(file: StoredFile?, request: Request?) {
        self.file = file
        self.request = request
    }
}
