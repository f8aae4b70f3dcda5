/// The purpose of a stored file; each has its own directory.
public enum FileArea: String, CaseIterable, Sendable {
    /// Export files that are to be imported.
    case imports
    /// Avatars.
    case avatars
    /// Files of messages.
    case uploads
}

/// The name of a stored file, created by Ferry, never by a user.
public struct FileKey: Hashable, Sendable {
    /// The allowed number of characters of an id.
    public static let idLengths = 17...64

    /// What the file is for.
    public let area: FileArea
    /// Letters, digits and hyphens of ASCII, 17 to 64 of them.
    public let id: String

    /// A key for a file of an area.
    ///
    /// - Throws: `FileStoreError` with code `invalidID`, so that no id can escape its directory.
    public init(_ area: FileArea, id: String) throws(FileStoreError) {
        let isAllowed = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isAllowed, Self.idLengths.contains(id.utf8.count) else {
            throw FileStoreError(.invalidID, message: "A file's id has 17 to 64 letters, digits and hyphens.")
        }
        self.area = area
        self.id = id
    }
}
