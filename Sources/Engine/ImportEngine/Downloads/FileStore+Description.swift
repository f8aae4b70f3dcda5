import ImportDomain
import MediaFormats

extension FileStore {
    /// What a file of messages is, by its first bytes.
    ///
    /// - Parameters:
    ///   - name: what people call it; empty if nobody does.
    ///   - declaredType: what its source says that it is, which counts where the bytes do not tell.
    func description(
        of key: FileKey, named name: String, declaredType: String?, createdAt: Timestamp
    ) async throws -> StoredFile {
        let beginning = try await beginning(of: key)
        let header = ImageHeader(beginning)
        return StoredFile(
            id: FileID(key.id), name: name.isEmpty ? "file" : name,
            mediaType: MediaType(ofFileBeginning: beginning, declared: declaredType).description,
            sizeBytes: Int(try await size(of: key)),
            pixels: header.map { PixelSize(width: $0.width, height: $0.height) }, createdAt: createdAt)
    }

    /// Removes a file that was to be written down and perhaps was not.
    ///
    /// A connection that breaks at a commit leaves open whether it was. A file that nobody knows takes space and no
    /// more; one that is known and gone would be lost.
    func remove(_ key: FileKey, unlessStoredIn store: any Store) async {
        let id = FileID(key.id)
        guard let isKnown = try? await store.read({ try $0.downloads.exists(id) }), !isKnown else { return }
        _ = try? await remove(key)  // As above.
    }

    /// As much of a file as tells what it is.
    func beginning(of key: FileKey) async throws -> [UInt8] {
        let size = try await size(of: key)
        var bytes: [UInt8] = []
        for try await chunk in try await read(key, range: 0..<min(size, Int64(ImageHeader.prefixBytes))) {
            bytes += chunk
        }
        return bytes
    }
}
