internal import DurableFiles
internal import Glibc
public import ImportDomain

/// Stores files in a directory, as `<root>/<area>/<first two characters of the id>/<id>`.
///
/// Incomplete files are in `<root>/temporary`, so that finishing is a rename. Several processes may share the
/// directory. Directories have mode 0700, files 0600.
public final class DirectoryFileStore: FileStore {
    private let root: String
    private let temporary: String
    private let threads: FileThreads

    /// Opens the store in a directory, creating it if it is missing.
    ///
    /// - Parameter threads: the number of threads for disk access.
    public init(at root: String, threads: Int = 4) async throws(FileStoreError) {
        self.root = root
        temporary = root + "/temporary"
        self.threads = FileThreads(count: threads)
        let directories = Self.directories(at: root)
        do throws(FileFailure) {
            try await self.threads.run { () throws(FileFailure) in
                for directory in directories { try Directory.make(directory) }
            }
        } catch {
            await self.threads.close()
            throw FileStoreError(error)
        }
    }

    /// The directories that a store at `root` writes to.
    public static func directories(at root: String) -> [String] {
        ["\(root)/temporary"] + FileArea.allCases.map { "\(root)/\($0.rawValue)" }
    }

    /// Verifies that this user may write to the store's directories; does not check free space.
    ///
    /// - Throws: `FileStoreError` with code `refused`, or `missing` if a directory does not exist.
    public func requireWritable() async throws(FileStoreError) {
        let directories = Self.directories(at: root)
        try await threads.runForStore { () throws(FileFailure) in
            for directory in directories {
                guard access(directory, R_OK | W_OK | X_OK) == 0 else { throw FileFailure(.write) }
            }
        }
    }

    /// Ends the threads. Call it after all other calls have returned.
    public func close() async { await threads.close() }

    /// Begins a file. When it is finished, it replaces the file of this key.
    public func begin(_ key: FileKey) async throws(FileStoreError) -> any FileWriter {
        let (path, temporaryPath) = (path(of: key), newTemporaryPath())
        let file = try await threads.runForStore { () throws(FileFailure) in
            try Directory.make(Directory.parent(of: path))
            return try PartialFile(path, at: temporaryPath)
        }
        return DirectoryFileWriter(file, threads: threads)
    }

    /// Moves a file from a `temporaryPath()` into the store; returns its size in bytes.
    ///
    /// - Throws: `FileStoreError` with code `notTemporary` for other paths, and for anything but an ordinary file.
    public func adopt(_ path: String, as key: FileKey) async throws(FileStoreError) -> Int64 {
        guard path.hasPrefix(temporary + "/"), !path.dropFirst(temporary.count + 1).contains("/") else {
            throw .notTemporary
        }
        let newPath = self.path(of: key)
        let size = try await threads.runForStore { () throws(FileFailure) -> Int64? in
            guard try StoredFile.isOrdinary(path) else { return nil }
            let size = try StoredFile(path).sync()
            try Directory.make(Directory.parent(of: newPath))
            try Directory.rename(path, to: newPath)
            return size
        }
        guard let size else { throw .notTemporary }
        return size
    }

    /// The bytes of a file. If it is replaced or removed meanwhile, it can still be read to its end.
    public func read(_ key: FileKey, range: Range<Int64>?) async throws(FileStoreError) -> FileChunks {
        let path = path(of: key)
        let file = try await threads.runForStore { () throws(FileFailure) in try StoredFile(path) }
        return FileChunks(range: range ?? 0..<file.sizeBytes, fileSizeBytes: file.sizeBytes) {
            [threads] (offset, count) throws(FileStoreError) in
            try await threads.runForStore { () throws(FileFailure) in try file.read(count, at: offset) }
        }
    }

    /// The size of a file in bytes.
    public func size(of key: FileKey) async throws(FileStoreError) -> Int64 {
        let path = path(of: key)
        return try await threads.runForStore { () throws(FileFailure) in try StoredFile(path).sizeBytes }
    }

    /// Removes a file; returns whether it existed.
    @discardableResult
    public func remove(_ key: FileKey) async throws(FileStoreError) -> Bool {
        let path = path(of: key)
        return try await threads.runForStore { () throws(FileFailure) in
            guard unlink(path) == 0 else {
                let failure = FileFailure(.remove)
                if failure.isMissing { return false }
                throw failure
            }
            try Directory.sync(Directory.parent(of: path))
            return true
        }
    }

    /// The path of a file, existing or not.
    public func path(of key: FileKey) -> String {
        "\(root)/\(key.area.rawValue)/\(key.id.prefix(2))/\(key.id)"
    }

    /// An unused path in the same file system.
    public func temporaryPath() async throws(FileStoreError) -> String { newTemporaryPath() }

    /// Removes incomplete files that were not changed for the given time; returns how many.
    @discardableResult
    public func removeLeftovers(olderThan age: Duration) async throws(FileStoreError) -> Int {
        let directory = temporary
        return try await threads.runForStore { () throws(FileFailure) in
            try Leftovers.remove(in: directory, olderThan: age)
        }
    }

    private func newTemporaryPath() -> String {
        let random = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }
        return "\(temporary)/\(random.joined())"
    }
}
