import ImportDomain
import MediaFormats

/// A complete file in the file store that the database does not name yet.
struct NewFile: Sendable {
    private let key: FileKey
    private let files: any FileStore

    init(_ key: FileKey, in files: any FileStore) {
        self.key = key
        self.files = files
    }

    /// Describes a file of messages by its first bytes.
    ///
    /// - Parameters:
    ///   - name: its name in the source; may be empty.
    ///   - declaredType: its type according to the source, used if the bytes do not show the type.
    func description(named name: String, declaredType: String?, createdAt: Timestamp) async throws -> StoredFile {
        let beginning = try await beginning()
        let type = MediaType(ofFileBeginning: beginning, declared: declaredType).description
        return try await stored(
            name: name.isEmpty ? "file" : name, mediaType: type, header: ImageHeader(beginning), createdAt: createdAt)
    }

    /// Describes an avatar; nil for a file that is not an image.
    func avatarDescription(createdAt: Timestamp) async throws -> StoredFile? {
        guard let header = ImageHeader(try await beginning()) else { return nil }
        return try await stored(name: "avatar", mediaType: header.kind.mediaType, header: header, createdAt: createdAt)
    }

    private func stored(
        name: String, mediaType: String, header: ImageHeader?, createdAt: Timestamp
    ) async throws -> StoredFile {
        StoredFile(
            id: FileID(key.id), name: name, mediaType: mediaType, sizeBytes: Int(try await files.size(of: key)),
            pixels: header.map { PixelSize(width: $0.width, height: $0.height) }, createdAt: createdAt)
    }

    private func beginning() async throws -> [UInt8] {
        let end = min(try await files.size(of: key), Int64(ImageHeader.prefixBytes))
        var bytes: [UInt8] = []
        for try await chunk in try await files.read(key, range: 0..<end) { bytes += chunk }
        return bytes
    }

    /// Removes the file unless the database names it.
    ///
    /// A connection that breaks at a commit leaves the outcome open. A file without a row only takes space, but a row
    /// without a file would be a loss; so the file also stays if the database does not respond.
    func remove(unlessStoredIn store: any Store) async {
        let id = FileID(key.id)
        guard let isStored = try? await store.read({ try $0.downloads.exists(id) }), !isStored else { return }
        _ = try? await files.remove(key, .removeUnlistedFile)  // Takes space and no more.
    }
}
