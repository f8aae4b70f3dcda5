import ImportDomain

/// The intervals of a worker, and the size of its claims.
public struct WorkerConfiguration: Sendable {
    /// The duration of a lease unless it is renewed.
    public var leaseDuration: Duration = .seconds(12)
    /// The interval between renewals of leases.
    public var renewalInterval: Duration = .seconds(4)
    /// How long another process may leave the database waiting in the middle of a transaction before it counts as frozen.
    public var stallDuration: Duration = .seconds(8)
    /// The interval at which a worker checks that its work is still wanted.
    public var heartbeatInterval: Duration = .seconds(1)
    /// The interval at which an idle worker looks for work without a signal.
    public var pollInterval: Duration = .seconds(2)
    /// The delays after consecutive failures; after the last of them the operation fails.
    public var retryDelays: [Duration] = [.milliseconds(200), .seconds(1), .seconds(3), .seconds(8), .seconds(20)]
    /// The delays after failed attempts to fetch an export file; after the last of them the operation fails.
    public var fetchRetryDelays: [Duration] = [.seconds(2), .seconds(10), .seconds(30), .seconds(120)]
    /// The longest that a server's `Retry-After` delays the next attempt to fetch an export file.
    public var longestFetchDelay: Duration = .seconds(600)
    /// The number of bytes of records in one claim.
    public var claimBytes = 8 << 20
    /// The number of bytes of messages in one claim; decoded they take several times as much, and two claims are in
    /// memory.
    public var messageClaimBytes = 3 << 20
    /// The number of passwords in one claim for each hashing thread: enough to keep every thread busy, and towards the end
    /// of an import less than a second's work, so that processes that share the import end together.
    public var secretsPerHashing = 16...64

    /// The configuration of a server.
    public init() {}

    /// The size of the next claim.
    ///
    /// - Parameters:
    ///   - records: the number of records that a transaction can write in time.
    ///   - pending: the number of records of the type that are left, those that other workers hold included.
    func claim(of type: RecordType, records: Int, pending: Int, concurrentHashings: Int) -> Workload {
        let (fewest, most) = (
            secretsPerHashing.lowerBound * concurrentHashings, secretsPerHashing.upperBound * concurrentHashings
        )
        return Workload(
            records: records, bytes: type == .message ? messageClaimBytes : claimBytes,
            secrets: min(max(pending / 8, fewest), most))
    }
}
