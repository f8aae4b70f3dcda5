import ImportDomain
import SQL

/// The columns that every table of leased work has.
protocol LeasedColumn: TableColumn {
    static var number: Self { get }
    static var leaseOwner: Self { get }
    static var leaseToken: Self { get }
    static var leaseExpiresAt: Self { get }
    /// The number of claims that were neither finished nor released.
    static var leaseAttempts: Self { get }
}

/// The leases of a row, as they were before a claim.
struct LeasedRow {
    let number: Int64
    fileprivate let owner: String?
    fileprivate let token: Int64
    fileprivate let attempts: Int

    init<Column: LeasedColumn>(_ row: TableRow<Column>) {
        number = row.integer(.number)
        owner = row.optionalText(.leaseOwner)
        token = row.integer(.leaseToken)
        attempts = row.count(.leaseAttempts)
    }
}

/// Leases of batches, operations' files and downloads, in the same columns of each table.
struct LeaseTables: LeaseStore {
    let connection: any SQLConnection
    let clock: any WallClock

    /// The columns that name the holder; a copy of a workspace leaves them behind.
    static let holder: Set<String> = ["lease_owner", "lease_expires_at"]

    /// What an update sets when the work is finished, beside its result.
    static let ended: SQLQuery = "lease_owner = NULL, lease_expires_at = NULL, lease_attempts = 0"

    /// Holds for rows that no worker holds.
    static func isFree(at now: Timestamp) -> SQLQuery { "(lease_expires_at IS NULL OR lease_expires_at <= \(now))" }

    /// Leases free rows, which the transaction has locked.
    ///
    /// - Parameter rows: at least one; several rows share one token.
    func claim(
        _ rows: [LeasedRow], as work: Lease.Work, by worker: WorkerID, until expiry: Timestamp
    ) throws -> Lease {
        // Larger than the token of every earlier claim of these rows, which is all that fencing needs.
        let token = (rows.map(\.token).max() ?? 0) + 1
        for row in rows {
            try connection.execute(
                """
                UPDATE \(name: work.table) SET lease_attempts = \(row.attempts(of: worker) + 1),
                    lease_owner = \(worker.rawValue), lease_token = \(token), lease_expires_at = \(expiry)
                WHERE number = \(row.number)
                """)
        }
        return Lease(
            work, items: rows.map(\.number), worker: worker, token: token,
            deaths: rows.first?.attempts(of: worker) ?? 0)
    }

    func renew(_ lease: Lease, for duration: Duration) throws {
        let expiry = try connection.currentTime(by: clock) + duration
        for item in lease.items {
            // A worker that is writing an item holds its row lock, so its lease needs no renewal.
            try connection.execute(
                """
                UPDATE \(name: lease.work.table) SET lease_expires_at = \(expiry)
                WHERE number IN (\(held(lease, item)) \(.lockSkippingLocked))
                """)
        }
    }

    func verify(_ lease: Lease) throws {
        for item in lease.items {
            guard try connection.exists(held(lease, item) + " \(.lock)") else { throw ImportError.leaseLost }
        }
    }

    func lost(of leases: [Lease]) throws -> [Lease] {
        try leases.filter { lease in try !lease.items.allSatisfy { try connection.exists(held(lease, $0)) } }
    }

    private func held(_ lease: Lease, _ item: Int64) -> SQLQuery {
        """
        SELECT number FROM \(name: lease.work.table) WHERE number = \(item) AND lease_owner = \(lease.worker.rawValue)
            AND lease_token = \(lease.token)
        """
    }

    func release(_ lease: Lease) throws {
        let (owner, token) = (lease.worker.rawValue, lease.token)
        for item in lease.items {
            try connection.execute(
                """
                UPDATE \(name: lease.work.table) SET \(Self.oneAttemptLess),
                    lease_expires_at = CASE WHEN lease_owner = \(owner) AND lease_token = \(token)
                        THEN NULL ELSE lease_expires_at END,
                    lease_owner = CASE WHEN lease_owner = \(owner) AND lease_token = \(token)
                        THEN NULL ELSE lease_owner END
                WHERE number = \(item) AND lease_token >= \(token)
                """)
        }
    }

    func releaseAll(_ work: Lease.Work, of worker: WorkerID) throws {
        try connection.execute(
            """
            UPDATE \(name: work.table) SET lease_owner = NULL, lease_expires_at = NULL, \(Self.oneAttemptLess)
            WHERE lease_owner = \(worker.rawValue)
            """)
    }

    func releaseAll() throws {
        for work in Lease.Work.allCases {
            try connection.execute(
                """
                UPDATE \(name: work.table) SET lease_owner = NULL, lease_expires_at = NULL
                WHERE lease_owner IS NOT NULL
                """)
        }
    }

    private static let oneAttemptLess: SQLQuery =
        "lease_attempts = CASE WHEN lease_attempts > 0 THEN lease_attempts - 1 ELSE 0 END"
}

extension LeasedRow {
    /// The attempts beside those of this worker: a worker that finds its own name lost its connection, not its life.
    fileprivate func attempts(of worker: WorkerID) -> Int {
        owner == worker.rawValue ? max(0, attempts - 1) : attempts
    }
}

extension Lease.Work {
    fileprivate var table: String {
        switch self {
        case .batches: BatchColumn.table.name
        case .file: OperationColumn.table.name
        case .downloads: DownloadColumn.table.name
        }
    }
}

extension SQLConnection {
    /// The time by which leases expire and work is due: the database's where processes share it, else this process's.
    func currentTime(by clock: any WallClock) throws -> Timestamp {
        try clockMilliseconds().map(Timestamp.init(milliseconds:)) ?? clock.now()
    }
}
