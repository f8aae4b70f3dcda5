/// Why a remote file could not be fetched.
///
/// Source: docs/downloads.md, "Permanent and temporary failures".
public struct RemoteFileError: Error, Equatable, Sendable {
    /// The stable names of reasons.
    public enum Code: String, CaseIterable, Sendable {
        /// The text is no address of a file.
        case addressInvalid = "remote-file-address-invalid"
        /// The address is neither http nor https.
        case schemeRefused = "remote-file-scheme-refused"
        /// The address carries a user name or password.
        case credentialsRefused = "remote-file-credentials-refused"
        /// The host is, or resolves to, an address that is not public.
        case addressRefused = "remote-file-address-refused"
        /// The other side redirects from https to http, or to nowhere.
        case redirectRefused = "remote-file-redirect-refused"
        /// The other side redirects again and again.
        case tooManyRedirects = "remote-file-too-many-redirects"
        /// The host's name has no address at present.
        case hostUnknown = "remote-file-host-unknown"
        /// No connection came about, or it broke.
        case connectionFailed = "remote-file-connection-failed"
        /// The certificate or the encryption is not acceptable.
        case encryptionFailed = "remote-file-encryption-failed"
        /// Nothing arrived for too long.
        case idleTimeout = "remote-file-idle-timeout"
        /// Everything together took too long.
        case totalTimeout = "remote-file-total-timeout"
        /// The other side answered with another status than success.
        case statusRefused = "remote-file-status-refused"
        /// The other side has an HTML page where a file was expected.
        case pageRefused = "remote-file-page-refused"
        /// The file is larger than allowed.
        case tooLarge = "remote-file-too-large"
        /// The other side compresses the file although it was asked not to.
        case encodingRefused = "remote-file-encoding-refused"
        /// The answer is no HTTP, or its header is too large.
        case answerMalformed = "remote-file-answer-malformed"
        /// The file ended before its end.
        case truncated = "remote-file-truncated"
        /// The file could not be written here.
        case storageFailed = "remote-file-storage-failed"
        /// The task was cancelled.
        case cancelled = "remote-file-cancelled"
    }

    /// The stable name of the reason.
    public let code: Code
    /// What is wrong, for everybody who sees the file's message or operation: neither a secret of the address nor what
    /// its name resolves to is in it.
    public let message: String
    /// What only administrators may know; it belongs into the log.
    public let detail: String?
    /// Whether the same address will fail again, so that another try makes no sense.
    public let isPermanent: Bool
    /// How long the other side asked to be left alone, at most a day.
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
