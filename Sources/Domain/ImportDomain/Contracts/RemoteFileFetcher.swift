/// Fetches files from untrusted URLs of imported data.
///
/// Source: docs/downloads.md.
public protocol RemoteFileFetcher: Sendable {
    /// Fetches one file and writes it to `path` once it is complete; until then the path stays unused.
    ///
    /// Ends soon after the task is cancelled. Leaves nothing behind after a failure.
    /// - Throws: `RemoteFileError`, permanent or temporary.
    func fetch(_ request: RemoteFileRequest, to path: String) async throws(RemoteFileError) -> RemoteFile

    /// Checks within seconds whether a URL is forbidden, without contacting its server.
    ///
    /// Success guarantees nothing: the download checks again.
    /// - Throws: `RemoteFileError`; permanent if the address is forbidden.
    func check(_ url: String, allowlist: [String]) async throws(RemoteFileError)
}

/// A URL to fetch, and its limits.
public struct RemoteFileRequest: Sendable {
    /// An http or https URL; it may contain a secret and is never shown whole.
    public var url: String
    /// The maximum bytes of the file.
    public var maximumBytes: Int64
    /// The maximum total time, redirects included.
    public var totalTime: Duration
    /// The maximum time in which nothing, or almost nothing, arrives.
    public var idleTime: Duration
    /// Hosts, addresses and ranges that may be private (`SSRF_Allowlist`).
    ///
    /// Source: docs/downloads.md, "Exceptions".
    public var allowlist: [String]
    /// Whether an HTML page is accepted; otherwise it is rejected, because it is usually a sign-in page.
    public var acceptsPages: Bool

    /// A request with the limits of a message's file.
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
    /// The media type that the server declared, in lower case and without parameters; unverified.
    public let mediaType: String?
    /// The SHA-256 as 64 lower-case hexadecimal digits.
    public let sha256: String

    /// Creates a file.
    public init(sizeBytes: Int64, sha256: String, mediaType: String?) {
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
        self.mediaType = mediaType
    }
}
