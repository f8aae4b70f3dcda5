/// The query of `import.downloads`.
public struct DownloadQuery: Paged, Codable, Equatable, Sendable {
    /// How many items to skip.
    public var offset: Int?
    /// How many items to return at most.
    public var count: Int?
    /// Only downloads in this state: `waiting`, `queued`, `failed`, `skipped` or `done`.
    public var state: String?
    /// Only downloads of this kind: `avatar`, `file` or `archived`.
    public var kind: String?

    /// The first page of all downloads.
    public init() {}
}
