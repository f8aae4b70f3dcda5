/// Bounds that no request changes.
///
/// Source: docs/downloads.md, "Limits".
enum FetchLimits {
    /// How many redirects are followed.
    static let redirects = 5
    /// How long one attempt to connect may take.
    static let connectTime = Duration.seconds(10)
    /// How long a check of an address may take before it is left to the download.
    static let checkTime = Duration.seconds(5)
    /// How many of a host's addresses are tried.
    static let addresses = 4
    /// The most bytes of an answer's header.
    static let headerBytes = 64 << 10
    /// The most bytes that are taken from the network at a time.
    static let receiveBytes = 64 << 10
    /// How many bytes have to arrive for the idle time to begin anew.
    static let progressBytes = 16 << 10
    /// How many bytes are gathered before they are written.
    static let writeBytes = 256 << 10
}
