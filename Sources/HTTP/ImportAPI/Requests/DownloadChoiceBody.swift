/// The body of `import.downloads.retry` and `import.downloads.skip`; without fields it is about all that failed.
public struct DownloadChoiceBody: Codable, Equatable, Sendable {
    /// The ids of downloads; the other fields are absent then.
    public var ids: [String]?
    /// All downloads in this state; by default those that failed.
    public var state: String?
    /// Only downloads of this kind.
    public var kind: String?

    /// All downloads that failed.
    public init() {}
}
