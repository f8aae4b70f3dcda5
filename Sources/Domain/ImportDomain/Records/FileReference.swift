/// A file that a source's message carries, and where it can be had.
public struct FileReference: Equatable, Sendable {
    /// Where the bytes are.
    public enum Location: Equatable, Sendable {
        /// At an http(s) address; it may hold a secret and is never shown.
        case remote(url: String)
        /// In the import's own archive, under this entry name; the address is only part of the file's identity.
        case archived(entry: String, url: String? = nil)
        /// With a third party that the source only links to; never fetched.
        case external(url: String)
    }

    /// The source's id of the file; one file may be in several messages. Another source may have another file of this
    /// id, so name, size and address identify the file as well.
    public var id: String
    /// The name for people; never a path.
    public var name: String
    /// The size in bytes that the source declares.
    public var sizeBytes: Int?
    /// The media type that the source declares.
    public var mediaType: String?
    /// The source's name, such as `slack`.
    public var source: String
    /// Where the bytes are.
    public var location: Location

    /// Creates a reference.
    public init(
        id: String, name: String, sizeBytes: Int? = nil, mediaType: String? = nil, source: String, location: Location
    ) {
        self.id = id
        self.name = name
        self.sizeBytes = sizeBytes
        self.mediaType = mediaType
        self.source = source
        self.location = location
    }
}
