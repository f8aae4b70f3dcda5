public import ImportDomain

/// Avatars of accounts and files of messages as their readers get them.
public struct FileService: Sendable {
    private let environment: WorkspaceEnvironment

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// The avatar of the account with this username, case-insensitively; nil without an avatar or an account.
    ///
    /// - Throws: `StoreError`.
    public func avatar(of username: String) async throws -> StoredFile? {
        // No database holds the character NUL, so no account has such a name.
        guard !username.utf8.contains(0) else { return nil }
        return try await environment.store.read { transaction in
            guard let user = try transaction.users.find(usernameKey: CaseFolding.key(username)) else { return nil }
            return try transaction.downloads.avatar(of: user.id)
        }
    }

    /// The avatar of the account with this id, and its username; nil without an avatar or an account.
    ///
    /// - Throws: `StoreError`.
    public func avatar(of id: UserID) async throws -> (picture: StoredFile?, username: String?) {
        guard !id.rawValue.utf8.contains(0) else { return (nil, nil) }
        return try await environment.store.read { transaction in
            guard let user = try transaction.users.find(id: id) else { return (nil, nil) }
            return (try transaction.downloads.avatar(of: user.id), user.username)
        }
    }

    /// A file of a message in a room that the caller may read.
    ///
    /// - Throws: `WorkspaceError.fileNotFound`, also for files of other rooms; `StoreError`.
    public func file(_ id: FileID, for caller: Caller) async throws -> StoredFile {
        do {
            // No stored file has another kind of id, and databases need not see it.
            _ = try FileKey(.uploads, id: id.rawValue)
        } catch {
            throw WorkspaceError.fileNotFound
        }
        return try await environment.store.read { transaction in
            guard let (file, roomID) = try transaction.downloads.file(id: id),
                let room = try transaction.rooms.find(id: roomID),
                try RoomAccess(caller: caller, transaction: transaction).mayRead(room)
            else { throw WorkspaceError.fileNotFound }
            return file
        }
    }

    /// The bytes of a stored file.
    ///
    /// - Parameters:
    ///   - area: what the file is for.
    ///   - range: which bytes; nil means all.
    /// - Throws: `FileStoreError`.
    public func bytes(of file: StoredFile, in area: FileArea, range: Range<Int64>? = nil) async throws -> FileChunks {
        try await environment.files.read(FileKey(area, id: file.id.rawValue), range: range)
    }
}
