import Hummingbird
import ImportDomain
import ImportEngine

/// Streams an export file from the body of a request to the file store.
struct FileReceiver {
    /// The most bytes of a file. Source: docs/api.md, "Sizes".
    static let largestFileBytes = 64 << 30
    /// The most bytes of a body: base64 takes a third more than the file, and line breaks and escapes a little.
    static let largestBodyBytes = 2 * largestFileBytes
    /// How many bytes are buffered before a write.
    private static let chunkBytes = 256 << 10

    let engine: ImportEngine

    /// Stores the file and makes it the one of a new operation.
    ///
    /// An unknown importer is rejected as soon as its key arrives; if the key precedes the file, nothing is stored.
    /// - Throws: `APIFailure`, `ImportError.importerNotDefined`, `FileStoreError`, `StoreError`; then nothing is kept.
    func receive(_ request: Request, by user: UserID) async throws {
        var parser = try parser(for: request)
        var upload: FileUpload?
        do {
            var (bytes, size, isKnown) = ([UInt8](), 0, false)
            for try await chunk in try BodyChunks(request, limit: Self.largestBodyBytes) {
                try chunk.withUnsafeBytes { try parser.receive($0, into: &bytes) }
                if !isKnown, let key = parser.fields.importerKey {
                    try engine.importFiles.requireReader(ImporterKey(key))
                    isKnown = true
                }
                guard size + bytes.count <= Self.largestFileBytes else { throw APIFailure.tooLarge }
                guard bytes.count >= Self.chunkBytes else { continue }
                upload = try await write(bytes, to: upload)
                size += bytes.count
                bytes.removeAll(keepingCapacity: true)
            }
            try parser.finish(into: &bytes)
            let fields = parser.fields
            let importer = ImporterKey(fields.importerKey ?? "")
            try engine.importFiles.requireReader(importer)
            let whole = try await write(bytes, to: upload)
            upload = whole
            try await engine.importFiles.accept(
                whole, named: fields.fileName ?? "", contentType: fields.contentType, importer: importer, by: user)
        } catch {
            await upload?.discard()
            throw error
        }
    }

    private func parser(for request: Request) throws(APIFailure) -> any UploadParser {
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else { return JSONUploadParser() }
        return try MultipartUploadParser(contentType: type)
    }

    private func write(_ bytes: [UInt8], to upload: FileUpload?) async throws -> FileUpload {
        let begun: FileUpload
        if let upload { begun = upload } else { begun = try await engine.importFiles.beginUpload() }
        do {
            if !bytes.isEmpty { try await begun.write(bytes) }
        } catch {
            await begun.discard()
            throw error
        }
        return begun
    }
}
