/// Leases of work: batches to import, files to read, files to download.
///
/// A worker claims work (the store of each kind of work returns a `Lease`), renews the lease while it works, verifies it
/// in the transaction that writes the result, and releases what it does not finish. Leases expire by the database's
/// clock; a store with a single process uses that of the process.
public protocol LeaseStore {
    /// Extends a lease, except for items that another worker took over.
    func renew(_ lease: Lease, for duration: Duration) throws

    /// Verifies that a lease stands, and keeps it so until the transaction ends; the first statement of a transaction that
    /// writes under the lease.
    ///
    /// - Throws: `ImportError.leaseLost`.
    func verify(_ lease: Lease) throws

    /// Which of these leases do not stand any more; nothing is locked.
    func lost(of leases: [Lease]) throws -> [Lease]

    /// Releases what is left of a lease. Its claim does not count as an attempt, even where another worker took an item
    /// over: the worker lives. Called once for each lease.
    func release(_ lease: Lease) throws

    /// Releases everything that a worker holds, claims that it never heard of because the connection broke included; none
    /// of these claims counts as an attempt.
    func releaseAll(_ work: Lease.Work, of worker: WorkerID) throws

    /// Releases every lease and keeps the attempts; only for a store with a single process, at its start.
    func releaseAll() throws
}

/// The right of one worker to do some work, until it expires and another worker takes it over.
public struct Lease: Hashable, Sendable {
    /// The kinds of work that workers lease.
    public enum Work: CaseIterable, Sendable {
        /// Batches of staged records.
        case batches
        /// The file of an operation.
        case file
        /// Files and avatars to download.
        case downloads
    }

    /// The kind of work.
    public let work: Work
    /// The numbers of the leased items, ascending; of batches one or more, else one.
    public let items: [Int64]
    /// The holder.
    public let worker: WorkerID
    /// The fencing token: a later claim of the same item has a larger one, also if the same worker makes it.
    public let token: Int64
    /// The number of earlier claims that ended with their process.
    public let deaths: Int

    /// The number of claims that may end with their process before the work is given up or, of batches, divided.
    public static let deathLimit = 3

    /// Creates a lease.
    public init(_ work: Work, items: [Int64], worker: WorkerID, token: Int64, deaths: Int = 0) {
        self.work = work
        self.items = items
        self.worker = worker
        self.token = token
        self.deaths = deaths
    }
}
