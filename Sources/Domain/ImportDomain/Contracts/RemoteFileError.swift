/// Why a remote file could not be fetched.
///
/// Source: docs/downloads.md, "Permanent and temporary failures".
public struct RemoteFileError: Error, Equatable, Sendable {
    /// The stable names of reasons.
    public enum Code: String, CaseIterable, Sendable {
        /// The string is not a valid URL of a file.
        case addressInvalid = "remote-file-address-invalid"
        /// The URL is neither http nor https.
        case schemeRefused = "remote-file-scheme-refused"
        /// The URL contains a user name or password.
        case credentialsRefused = "remote-file-credentials-refused"
        /// The host is, or resolves to, an address that is not public.
        case addressRefused = "remote-file-address-refused"
        /// The server redirects from https to http, or without a target.
        case redirectRefused = "remote-file-redirect-refused"
        /// The server redirects too often.
        case tooManyRedirects = "remote-file-too-many-redirects"
        /// The host's name has no address at present.
        case hostUnknown = "remote-file-host-unknown"
        /// The connection failed or broke.
        case connectionFailed = "remote-file-connection-failed"
        /// The certificate or the encryption is not acceptable.
        case encryptionFailed = "remote-file-encryption-failed"
        /// Nothing arrived for too long.
        case idleTimeout = "remote-file-idle-timeout"
        /// The download took too long in total.
        case totalTimeout = "remote-file-total-timeout"
        /// The server returned a status other than success.
        case statusRefused = "remote-file-status-refused"
        /// The server returned an HTML page in place of a file.
        case pageRefused = "remote-file-page-refused"
        /// The file is larger than allowed.
        case tooLarge = "remote-file-too-large"
        /// The server compresses the file against the request.
        case encodingRefused = "remote-file-encoding-refused"
        /// The response is not HTTP, or its header is too large.
        case answerMalformed = "remote-file-answer-malformed"
        /// The response ended early.
        case truncated = "remote-file-truncated"
        /// The file could not be written to disk.
        case storageFailed = "remote-file-storage-failed"
        /// The task was cancelled.
        case cancelled = "remote-file-cancelled"
    }

    /// The stable name of the reason.
    public let code: Code
    /// A sentence for users. It contains no secret of the URL and no resolved address.
    public let message: String
    /// Details for administrators; logged, but not returned.
    public let detail: String?
    /// Whether a retry of the same URL would fail again.
    public let isPermanent: Bool
    /// The pause that the server requested, at most a day.
    public let retryAfter: Duration?

    /// Creates an error.
    public init(
        _ code: Code, message: String, detail: String? = nil, isPermanent: Bool, retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        self.detail = detail
        self.isPermanent = isPermanent
        self.retryAfter = retryAfter
    }
}
