import ImportDomain

/// The times by which a worker lives, and how much it takes in hand.
public struct WorkerConfiguration: Sendable {
    /// How long a claimed batch belongs to its worker unless prolonged.
    public var leaseDuration: Duration = .seconds(12)
    /// How often leases are prolonged.
    public var renewalInterval: Duration = .seconds(4)
    /// How long another process may leave the database waiting in the middle of a transaction before it counts as frozen.
    public var stallDuration: Duration = .seconds(8)
    /// How often the worker looks whether its operation still stands.
    public var heartbeatInterval: Duration = .seconds(1)
    /// How long an idle worker waits before it looks again unasked.
    public var pollInterval: Duration = .seconds(2)
    /// How long to wait after each failure in a row; after the last of them the operation fails.
    public var retryDelays: [Duration] = [.milliseconds(200), .seconds(1), .seconds(3), .seconds(8), .seconds(20)]
    /// How long to wait after each failed attempt to fetch an export file; after the last of them the operation fails.
    public var fetchRetryDelays: [Duration] = [.seconds(2), .seconds(10), .seconds(30), .seconds(120)]
    /// The longest that a server's `Retry-After` delays the next attempt to fetch an export file.
    public var longestFetchDelay: Duration = .seconds(600)
    /// How many bytes of records are claimed at once.
    public var claimBytes = 8 << 20
    /// How many bytes of messages are claimed at once; decoded they take several times as much, and two claims are in
    /// hand.
    public var messageClaimBytes = 3 << 20
    /// How many passwords are claimed at once for each of them that can be hashed at the same time: enough to keep every
    /// thread busy, and towards the end of an import less than a second's work, so that processes which share it end
    /// together.
    public var secretsPerHashing = 16...64

    /// What suits a server.
    public init() {}

    /// How much to claim.
    ///
    /// - Parameters:
    ///   - records: how many records a transaction can take at present.
    ///   - pending: how many records of the type are left, with those that others have in hand.
    func claim(of type: RecordType, records: Int, pending: Int, concurrentHashings: Int) -> Workload {
        let (fewest, most) = (
            secretsPerHashing.lowerBound * concurrentHashings, secretsPerHashing.upperBound * concurrentHashings
        )
        return Workload(
            records: records, bytes: type == .message ? messageClaimBytes : claimBytes,
            secrets: min(max(pending / 8, fewest), most))
    }
}
