/// Fetches files from addresses that imported data names, and that nobody has vouched for.
///
/// Source: docs/downloads.md.
public protocol RemoteFileFetcher: Sendable {
    /// Fetches one file and puts it at `path` when all of it has arrived; until then nothing is there.
    ///
    /// It ends soon after the task is cancelled, and leaves nothing behind when it fails.
    /// - Throws: `RemoteFileError`, which says whether another try makes sense.
    func fetch(_ request: RemoteFileRequest, to path: String) async throws(RemoteFileError) -> RemoteFile

    /// Says within seconds whether an address would be refused, without asking anything of its server.
    ///
    /// That it passes promises nothing: what it leads to is checked when it is fetched.
    /// - Throws: `RemoteFileError`; for good if the address is none that is fetched from.
    func check(_ url: String, allowlist: [String]) async throws(RemoteFileError)
}

/// What is to be fetched, and within which limits.
public struct RemoteFileRequest: Sendable {
    /// An http or https address; it may hold a secret and is never shown whole.
    public var url: String
    /// The most bytes that the file may have.
    public var maximumBytes: Int64
    /// The most time that everything together may take, redirects included.
    public var totalTime: Duration
    /// The most time in which nothing, or next to nothing, comes from the other side.
    public var idleTime: Duration
    /// Hosts, addresses and ranges that may be private (`SSRF_Allowlist`).
    ///
    /// Source: docs/downloads.md, "Exceptions".
    public var allowlist: [String]
    /// Whether an HTML page is taken for a file; otherwise it is refused, because it is a sign-in page as a rule.
    public var acceptsPages: Bool

    /// A request for an address; the limits are those that suit a message's file.
    public init(
        url: String, maximumBytes: Int64 = 512 << 20, totalTime: Duration = .seconds(1800),
        idleTime: Duration = .seconds(30), allowlist: [String] = [], acceptsPages: Bool = false
    ) {
        self.url = url
        self.maximumBytes = maximumBytes
        self.totalTime = totalTime
        self.idleTime = idleTime
        self.allowlist = allowlist
        self.acceptsPages = acceptsPages
    }
}

/// A file that was fetched.
public struct RemoteFile: Equatable, Sendable {
    /// Its size.
    public let sizeBytes: Int64
    /// The media type that the other side declared, in lower case and without parameters; a hint, not a fact.
    public let mediaType: String?

    /// Creates a file.
    public init(sizeBytes: Int64, mediaType: String?) {
        self.sizeBytes = sizeBytes
        self.mediaType = mediaType
    }
}
