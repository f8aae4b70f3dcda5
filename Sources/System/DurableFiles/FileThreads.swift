internal import NIOPosix

/// Threads for blocking disk access, which would block Swift's cooperative pool.
public final class FileThreads: Sendable {
    private let pool: NIOThreadPool

    /// Starts the threads; they run until `close()`.
    public init(count: Int) {
        pool = NIOThreadPool(numberOfThreads: max(1, count))
        pool.start()
    }

    /// Runs blocking work and awaits its end.
    ///
    /// The work runs even if the task is cancelled, so that its clean-up happens.
    public func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            // After `close()` the pool calls back on the caller's thread, which then does the work.
            pool.submit { _ in
                do throws(Failure) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Ends the threads after their current work.
    public func close() async {
        // Only process-wide pools fail to stop.
        try? await pool.shutdownGracefully()
    }
}
