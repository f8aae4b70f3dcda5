public import ImportDomain
internal import NIOCore
internal import NIOPosix
internal import SHA256

/// Hashes and verifies passwords on its own threads, because bcrypt would block Swift's cooperative pool.
///
/// Bulk hashing has one low-priority thread per processor. Sign-ins have a separate thread and never wait for bulk
/// work. The threads run until `close()`.
public final class PasswordThreads: PasswordHasher {
    private let cost: Int
    private let bulk: NIOThreadPool
    private let signIn: NIOThreadPool

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - cost: bcrypt's cost of new hashes, from 4 to 31; each step doubles the time.
    ///   - bulkThreads: threads for bulk hashing; by default one per processor.
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

    /// Ends the threads after their current hashes; waiting calls get a `CancellationError`.
    public func close() async {
        // Only process-wide pools fail to stop.
        try? await bulk.shutdownGracefully()
        try? await signIn.shutdownGracefully()
    }

    /// The number of threads for bulk hashing.
    public var concurrentHashings: Int { bulk.numberOfThreads }

    /// The lower-case hexadecimal SHA-256 of a plain-text password.
    public func digest(of password: String) -> String {
        SHA256Digest.hexadecimal(of: password)
    }

    /// Hashes of many digests, in the same order. A later small call does not wait for all of an earlier one.
    ///
    /// - Throws: `CancellationError` if the task is cancelled or the threads are closed, at the latest after the
    ///   current hashes; `PasswordError` for an unusable digest.
    public func hashes(of digests: [String]) async throws -> [String] {
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var hashes = [String](repeating: "", count: digests.count)
            // Two per thread: no thread waits for its next digest, and few are left when the work is cancelled.
            let handedOut = 2 * bulk.numberOfThreads
            for index in digests.indices {
                if index >= handedOut, let (done, hash) = try await group.next() { hashes[done] = hash }
                group.addTask { (index, try await self.bulkHash(of: digests[index])) }
            }
            for try await (done, hash) in group { hashes[done] = hash }
            return hashes
        }
    }

    /// The hash of one digest, on the threads for sign-ins.
    ///
    /// - Throws: `CancellationError` if the task was cancelled before its turn or the threads were closed;
    ///   `PasswordError` for an unusable digest.
    public func hash(of digest: String) async throws -> String {
        let cost = cost
        return try await signIn.runIfActive { try Bcrypt.hash(digest, cost: cost) }
    }

    /// Whether a digest matches a hash; false for anything but a bcrypt hash.
    ///
    /// - Throws: `CancellationError` if the task was cancelled before its turn or the threads were closed.
    public func verify(_ digest: String, against hash: String) async throws -> Bool {
        try await signIn.runIfActive { Bcrypt.verify(digest, against: hash) }
    }

    /// A well-formed hash that no password has, made without hashing.
    public func lockedHash() -> String {
        LockedPassword.make(cost: cost)
    }

    /// The stored form of a login token: its SHA-256 in base64, as in Rocket.Chat.
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
