public import ImportDomain

/// A file that is being received; it belongs to no operation until it is accepted.
public struct FileUpload: Sendable {
    let key: FileKey
    let writer: any FileWriter

    /// Takes the next bytes.
    ///
    /// - Throws: `FileStoreError`.
    public func write(_ chunk: [UInt8]) async throws(FileStoreError) { try await writer.write(chunk) }

    /// Forgets what was received.
    public func discard() async { await writer.discard() }
}

extension ImportEngine {
    /// Makes sure that an importer reads files.
    ///
    /// - Throws: `ImportError.importerNotDefined`.
    public func requireReader(_ key: ImporterKey) throws(ImportError) {
        guard readers[key] != nil else { throw .importerNotDefined(key: key.rawValue) }
    }

    /// Begins to receive a file (`uploadImportFile`).
    ///
    /// - Throws: `FileStoreError`.
    public func beginUpload() async throws -> FileUpload {
        let key = try FileKey(.imports, id: newFileID().rawValue)
        return FileUpload(key: key, writer: try await files.begin(key))
    }

    /// Makes a received file the one of a new operation; it is read when somebody asks for what is in it.
    ///
    /// - Parameters:
    ///   - name: what its owner calls it.
    ///   - contentType: the media type that its sender declared.
    /// - Throws: `ImportError.importerNotDefined`, `FileStoreError`, `StoreError`; then nothing has changed.
    @discardableResult
    public func accept(
        _ upload: FileUpload, named name: String, contentType: String?, importer: ImporterKey, by user: UserID
    ) async throws -> ImportOperation {
        do {
            try requireReader(importer)
            _ = try await upload.writer.finish()
        } catch {
            await upload.discard()
            throw error
        }
        return try await createOperation(
            importer: importer, phase: .received,
            file: OperationFile(id: FileID(upload.key.id), name: name, contentType: contentType), by: user)
    }

    /// Starts a new operation whose file is fetched from an address (`downloadPublicImportFile`).
    ///
    /// - Throws: `ImportError.importerNotDefined`, `StoreError`; `ImportError.addressRefused` when Ferry does not fetch
    ///   from the address: then the new operation has failed and says why.
    @discardableResult
    public func fetchFile(from url: String, importer: ImporterKey, by user: UserID) async throws -> ImportOperation {
        try requireReader(importer)
        let file = OperationFile(id: newFileID(), name: Self.name(ofFileAt: url), sourceURL: url)
        let allowlist = try await store.read { try $0.settings.allowlist() }
        do {
            try await fetcher.check(url, allowlist: allowlist)
        } catch let refusal where refusal.isPermanent {
            // Nothing will be fetched from the address: its secrets are not kept.
            _ = try await createOperation(
                importer: importer, phase: .receiving(.address), file: file.withoutSecrets,
                failure: ImportFileFailure(.downloadFailed, message: refusal.message), by: user)
            throw ImportError.addressRefused(reason: refusal.code, detail: refusal.detail)
        } catch {
            // What is wrong at present may be right when the file is fetched.
        }
        return try await createOperation(importer: importer, phase: .receiving(.address), file: file, by: user)
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
        FileID(environment.identifiers.operationID(at: clock.now()).rawValue)
    }
}
