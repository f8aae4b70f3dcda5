/// How patient a client is, and how much it accepts.
public struct ClientConfiguration: Sendable {
    /// How often a call is tried, and how long the client waits in between.
    public struct Retries: Sendable {
        /// How often a call is tried in all; at least 1.
        public var attempts = 6
        /// The delay before the second attempt. It doubles with each further attempt.
        public var firstDelay: Duration = .milliseconds(500)
        /// The longest delay that the client chooses by itself.
        public var longestDelay: Duration = .seconds(30)
        /// The longest delay that a server may demand with `Retry-After`. Beyond it the error is thrown.
        public var longestDemandedDelay: Duration = .seconds(300)

        /// The defaults.
        public init() {}

        /// One attempt; every error is thrown at once.
        public static var none: Retries {
            var retries = Retries()
            retries.attempts = 1
            return retries
        }
    }

    /// How much one request of a batched call holds.
    public struct Batches: Sendable {
        /// Records of one request at most; at least 1.
        public var records = 2_000
        /// Bytes of one request at most. A record that is larger alone gets a request of its own.
        public var bytes = 4 << 20

        /// The defaults.
        public init() {}
    }

    /// Attempts and delays.
    public var retries = Retries()
    /// The sizes of batches.
    public var batches = Batches()
    /// How long the client waits while a server neither accepts nor sends at least 1 KiB.
    public var silence: Duration = .seconds(120)
    /// How long the client waits for the responses of `import.check` and of an undo's dry run, which come when every record
    /// is checked.
    public var checkSilence: Duration = .seconds(3_600)
    /// How long the client waits for an event or comment of `import.events`. Ferry sends a comment every 15 seconds.
    public var eventSilence: Duration = .seconds(45)
    /// The delay between two polls of `import.status` while there are no events.
    public var pollDelay: Duration = .seconds(1)
    /// How long a staged count must stay unchanged until a batch whose response was lost counts as not staged.
    public var settling: Duration = .seconds(10)
    /// Bytes of a JSON response at most. Beyond it the call fails.
    public var responseBytes = 64 << 20
    /// Bytes of one event of `import.events` at most.
    public var eventBytes = 256 << 10

    /// The defaults.
    public init() {}
}
