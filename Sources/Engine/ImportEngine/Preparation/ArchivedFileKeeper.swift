import ImportDomain

/// Stores files of an export for the messages that wait for them, one after the other.
actor ArchivedFileKeeper {
    private let store: any Store
    private let files: any FileStore
    private let environment: WorkspaceEnvironment
    private let claim: FileClaim
    private var current: OpenFile?

    private struct OpenFile {
        let download: Download
        let entry: String
        let key: FileKey
        let writer: any FileWriter
    }

    /// - Parameter claim: nothing is stored after its lease is lost.
    init(_ environment: WorkspaceEnvironment, claim: FileClaim) {
        store = environment.store
        files = environment.files
        self.environment = environment
        self.claim = claim
    }

    /// Handles the next chunk.
    ///
    /// - Throws: `ImportError.leaseLost`, `StoreError`, `FileStoreError`; `discard` ends it then.
    func take(_ chunk: ArchivedFileChunk) async throws {
        switch chunk {
        case .begin(let id, let source, let entry, let question):
            do {
                question.answer(try await begin(id, of: source, entry: entry))
            } catch {
                question.answer(false)
                throw error
            }
        case .bytes(let bytes): try await current?.writer.write(bytes)
        case .end: try await finish()
        case .abandon(let reason): try await abandon(for: reason)
        }
    }

    /// Discards an incomplete file.
    func discard() async {
        await current?.writer.discard()
        current = nil
    }

    private func begin(_ id: String, of source: String, entry: String) async throws -> Bool {
        let claim = claim
        let download = try await store.write(.beginArchivedFile) { transaction in
            var operation = try transaction.operations.verify(claim)
            guard
                let download = try transaction.downloads.archivedFile(id, of: source, entry: entry, in: operation.id)
            else { return Download?.none }
            operation.read(entry: entry)
            try transaction.operations.update(operation)
            return download
        }
        guard let download else { return false }
        let key = try FileKey(.uploads, id: environment.identifiers.operationID(at: environment.clock.now()).rawValue)
        current = OpenFile(download: download, entry: entry, key: key, writer: try await files.begin(key))
        return true
    }

    private func finish() async throws {
        guard let file = current else { return }
        _ = try await file.writer.finish(.keepArchivedFile)
        current = nil
        let new = NewFile(file.key, in: files)
        do {
            let stored = try await new.description(
                named: file.download.name, declaredType: file.download.mediaType, createdAt: environment.clock.now())
            let claim = claim
            try await store.write(.finishArchivedFile) { transaction in
                _ = try transaction.operations.verify(claim)
                try transaction.downloads.finish(file.download, file: stored)
            }
        } catch {
            await new.remove(unlessStoredIn: store)
            throw error
        }
    }

    private func abandon(for reason: String) async throws {
        guard let file = current else { return }
        await discard()
        let claim = claim
        let finding = ImportFinding(.error, .entryUnreadable, entry: file.entry, message: reason)
        try await store.write(.failArchivedFile) { transaction in
            let operation = try transaction.operations.verify(claim)
            try transaction.downloads.fail(file.download, reason: reason, retryAfter: nil)
            try transaction.findings.add([finding], to: operation.id, limitPerCode: ImportEngine.findingsPerCode)
        }
    }
}
