/// A file of a message in the source, and its location.
public struct FileReference: Equatable, Sendable {
    /// Where the bytes are.
    public enum Location: Equatable, Sendable {
        /// At an http(s) URL; it may contain a secret and is never shown.
        case remote(url: String)
        /// In the import's own archive, under this entry name; the URL only identifies the file.
        case archived(entry: String, url: String? = nil)
        /// At a third party that the source links to; never fetched.
        case external(url: String)
    }

    /// The source's id of the file; one file may be in several messages. Another source may use the same id, so name,
    /// size and URL also identify the file.
    public var id: String
    /// The display name; never a path.
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
