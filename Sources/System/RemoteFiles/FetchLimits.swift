/// Fixed limits of downloads.
///
/// Source: docs/downloads.md, "Limits".
enum FetchLimits {
    /// How many redirects are followed.
    static let redirects = 5
    /// How long one attempt to connect may take.
    static let connectTime = Duration.seconds(10)
    /// How long a check of an address may take before the download does it.
    static let checkTime = Duration.seconds(5)
    /// How many of a host's addresses are tried.
    static let addresses = 4
    /// The maximum bytes of a response's header.
    static let headerBytes = 64 << 10
    /// The maximum bytes of one network read.
    static let receiveBytes = 64 << 10
    /// How many bytes restart the idle time.
    static let progressBytes = 16 << 10
    /// How many bytes are buffered before a write.
    static let writeBytes = 256 << 10
}
