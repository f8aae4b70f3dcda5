public import ImportDomain
internal import NIOCore
internal import NIOPosix
internal import SHA256

/// Hashes and verifies passwords away from Swift's own threads, which bcrypt would stop for whole batches.
///
/// Bulk hashing has as many threads as there are processors, of low priority. Sign-ins have a thread of their own: they
/// wait behind each other, never behind bulk work. The threads run until `close()`.
public final class PasswordThreads: PasswordHasher {
    private let cost: Int
    private let bulk: NIOThreadPool
    private let signIn: NIOThreadPool

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - cost: bcrypt's cost of new hashes, from 4 to 31; each step doubles the time.
    ///   - bulkThreads: threads for bulk hashing; by default one a processor.
    ///   - signInThreads: threads for verification and for single hashes.
    /// - Throws: `PasswordError.costOutOfRange` or `.threadCountOutOfRange`.
    public init(cost: Int = 10, bulkThreads: Int? = nil, signInThreads: Int = 1) throws(PasswordError) {
        let bulkThreads = bulkThreads ?? System.coreCount
        guard BcryptFormat.costs.contains(cost) else { throw .costOutOfRange(cost) }
        for count in [bulkThreads, signInThreads] where count < 1 { throw .threadCountOutOfRange(count) }
        self.cost = cost
        bulk = NIOThreadPool(numberOfThreads: bulkThreads)
        signIn = NIOThreadPool(numberOfThreads: signInThreads)
        bulk.start()
        signIn.start()
    }

    /// Ends the threads after the hashes that they have begun; calls that still wait get a `CancellationError`.
    public func close() async {
        // Only pools that are made for the life of the process refuse to stop, and these are not.
        try? await bulk.shutdownGracefully()
        try? await signIn.shutdownGracefully()
    }

    /// The number of threads for bulk hashing.
    public var concurrentHashings: Int { bulk.numberOfThreads }

    /// The lower-case hexadecimal SHA-256 of a plain-text password.
    public func digest(of password: String) -> String {
        SHA256Digest.hexadecimal(of: password)
    }

    /// Hashes of many digests in the same order; a later call with few of them does not wait for all of an earlier one.
    ///
    /// - Throws: `CancellationError` when the task was cancelled or the threads were closed, at the latest after the
    ///   hashes that were begun; `PasswordError` when there is a digest that bcrypt cannot take.
    public func hashes(of digests: [String]) async throws -> [String] {
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var hashes = [String](repeating: "", count: digests.count)
            // One more for each thread than it works on: none waits for a task to hand it the next, and few are left
            // to drop when the work is cancelled.
            let handedOut = 2 * bulk.numberOfThreads
            for index in digests.indices {
                if index >= handedOut, let (done, hash) = try await group.next() { hashes[done] = hash }
                group.addTask { (index, try await self.bulkHash(of: digests[index])) }
            }
            for try await (done, hash) in group { hashes[done] = hash }
            return hashes
        }
    }

    /// The hash of one digest, for somebody who waits for it: on the threads for sign-ins.
    ///
    /// - Throws: `CancellationError` when the task was cancelled before its turn, or the threads were closed;
    ///   `PasswordError` when bcrypt cannot take the digest.
    public func hash(of digest: String) async throws -> String {
        let cost = cost
        return try await signIn.runIfActive { try Bcrypt.hash(digest, cost: cost) }
    }

    /// Whether a digest belongs to a hash; `false` also for anything that is no bcrypt hash.
    ///
    /// - Throws: `CancellationError` when the task was cancelled before its turn, or the threads were closed.
    public func verify(_ digest: String, against hash: String) async throws -> Bool {
        try await signIn.runIfActive { Bcrypt.verify(digest, against: hash) }
    }

    /// A well-formed hash whose password nobody knows, made at no hashing cost.
    public func lockedHash() -> String {
        LockedPassword.make(cost: cost)
    }

    /// The form in which a login token is stored: its SHA-256 in base64, as Rocket.Chat stores it.
    public func tokenHash(of token: String) -> String {
        SHA256Digest.base64(of: token)
    }

    private func bulkHash(of digest: String) async throws -> String {
        let cost = cost
        return try await bulk.runIfActive {
            ThreadPriority.yieldToOthers()
            return try Bcrypt.hash(digest, cost: cost)
        }
    }
}
