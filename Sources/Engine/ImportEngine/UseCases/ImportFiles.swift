public import ImportDomain
import SHA256

/// A file that is being received; it belongs to no operation until it is accepted.
public struct FileUpload: Sendable {
    fileprivate let key: FileKey
    private let writer: any FileWriter
    private let digest = RunningDigest()

    fileprivate init(key: FileKey, writer: any FileWriter) {
        self.key = key
        self.writer = writer
    }

    /// Writes the next bytes.
    ///
    /// - Throws: `FileStoreError`.
    public func write(_ chunk: [UInt8]) async throws(FileStoreError) {
        await digest.append { hash in chunk.withUnsafeBytes(hash) }
        try await writer.write(chunk)
    }

    /// Makes the file durable.
    fileprivate func finish() async throws(FileStoreError) -> ReceivedContent {
        let size = try await writer.finish(.keepUpload)
        return ReceivedContent(sizeBytes: size, sha256: await digest.finish())
    }

    /// Removes what was received.
    public func discard() async { await writer.discard() }
}

/// What is known of a file's content (`getImportFileData`).
public enum FilePreview: Sendable {
    /// The file is being received or read, or that is paused.
    case waiting(ImportControl)
    /// The operation's staged records can be listed with `SelectableRecords`.
    case selection(ImportOperation)
}

/// Gives files to operations: receives or fetches them, and lets workers read them.
public struct ImportFiles: Sendable {
    private let environment: WorkspaceEnvironment
    private let operations: ImportOperations
    private let readers: Set<ImporterKey>
    private let fetcher: any RemoteFileFetcher
    private let workSignal: WorkSignal

    init(
        _ environment: WorkspaceEnvironment, operations: ImportOperations, readers: Set<ImporterKey>,
        fetcher: any RemoteFileFetcher, workSignal: WorkSignal
    ) {
        self.environment = environment
        self.operations = operations
        self.readers = readers
        self.fetcher = fetcher
        self.workSignal = workSignal
    }

    /// Checks that an importer reads files.
    ///
    /// - Throws: `ImportError.importerNotDefined`.
    public func requireReader(_ key: ImporterKey) throws(ImportError) {
        guard readers.contains(key) else { throw .importerNotDefined(key: key.rawValue) }
    }

    /// Begins to receive a file (`uploadImportFile`).
    ///
    /// - Throws: `FileStoreError`.
    public func beginUpload() async throws -> FileUpload {
        let key = try FileKey(.imports, id: newFileID().rawValue)
        return FileUpload(key: key, writer: try await environment.files.begin(key))
    }

    /// Creates an operation with a received file, which is read once `preview()` is called.
    ///
    /// - Parameters:
    ///   - name: what its owner calls it.
    ///   - contentType: the media type that its sender declared.
    /// - Throws: `ImportError.importerNotDefined`, `FileStoreError`, `StoreError`; then nothing has changed.
    @discardableResult
    public func accept(
        _ upload: FileUpload, named name: String, contentType: String?, importer: ImporterKey, by user: UserID
    ) async throws -> ImportOperation {
        let content: ReceivedContent
        do {
            try requireReader(importer)
            content = try await upload.finish()
        } catch {
            await upload.discard()
            throw error
        }
        return try await operations.create(
            importer: importer, phase: .received,
            file: OperationFile(id: FileID(upload.key.id), name: name, contentType: contentType, content: content),
            by: user)
    }

    /// Creates an operation whose file is fetched from an address (`downloadPublicImportFile`).
    ///
    /// - Throws: `ImportError.importerNotDefined`, `StoreError`; `ImportError.addressRefused` when Ferry does not fetch
    ///   from the address: then the new operation has failed and holds the reason.
    @discardableResult
    public func fetch(from url: String, importer: ImporterKey, by user: UserID) async throws -> ImportOperation {
        try requireReader(importer)
        let file = OperationFile(id: newFileID(), name: Self.name(ofFileAt: url), sourceURL: url)
        let allowlist = try await environment.store.read { try $0.settings.allowlist() }
        do {
            try await fetcher.check(url, allowlist: allowlist)
        } catch let refusal where refusal.isPermanent {
            // Nothing will be fetched from the address: its secrets are not kept.
            _ = try await operations.create(
                importer: importer, phase: .receiving(.address), file: file.withoutSecrets,
                failure: ImportFileFailure(.downloadFailed, message: refusal.message), by: user)
            throw ImportError.addressRefused(reason: refusal.code, detail: refusal.detail)
        } catch {
            // A temporary failure may be over when the file is fetched.
        }
        return try await operations.create(importer: importer, phase: .receiving(.address), file: file, by: user)
    }

    /// What is known of the current operation's file; a file that was received and not read yet is read from now on.
    ///
    /// A running or ended operation is never changed.
    /// - Parameter patience: how long the call that begins to read waits for the end.
    /// - Throws: `ImportError.rejected` if there is no operation or its file could not be imported, `.importerNotDefined`;
    ///   `StoreError`.
    public func preview(patience: Duration = .zero) async throws -> FilePreview {
        let operation = try await operations.progress().operation
        switch operation.phase {
        case .received:
            try await beginReading(operation.id)
            let clock = ContinuousClock()
            let end = clock.now + patience
            var latest = FilePreview.waiting(.none)
            while clock.now < end, case .waiting = latest {
                try await clock.sleep(for: .milliseconds(50))
                latest = try await preview()
            }
            return latest
        case .receiving, .reading: return .waiting(operation.lifecycle.control)
        default:
            if let failure = operation.fileFailure {
                throw ImportError.rejected(
                    ImportRejection(.fileNotImported(failure), of: .beginReading, in: operation.lifecycle))
            }
            return .selection(operation)
        }
    }

    private func beginReading(_ id: OperationID) async throws {
        let now = environment.clock.now()
        try await environment.store.write(.beginReading) { transaction in
            guard var operation = try transaction.operations.find(id: id) else { return }
            // Another caller may have asked as well.
            guard operation.phase == .received else { return }
            try operation.apply(.beginReading, at: now)
            try transaction.operations.update(operation)
            try transaction.announceWork()
        }
        workSignal.notify()
    }

    /// The last part of an address's path; neither its query nor what stands before its path, where secrets may be.
    private static func name(ofFileAt url: String) -> String {
        let parts = url.prefix { $0 != "?" && $0 != "#" }.split(separator: "/", omittingEmptySubsequences: false)
        // The scheme, nothing, and the host come before the path.
        guard parts.count > 3, let name = parts.last(where: { !$0.isEmpty }), name.startIndex >= parts[3].startIndex
        else { return "download" }
        return String(name)
    }

    private func newFileID() -> FileID {
        FileID(environment.identifiers.operationID(at: environment.clock.now()).rawValue)
    }
}
