internal import NIOPosix

/// Threads for calls that wait for the disk, which would stop Swift's own threads.
public final class FileThreads: Sendable {
    private let pool: NIOThreadPool

    /// Starts the threads; they run until `close()`.
    public init(count: Int) {
        pool = NIOThreadPool(numberOfThreads: max(1, count))
        pool.start()
    }

    /// Runs work that blocks, and waits for its end without holding a thread.
    ///
    /// The work runs even if the task is cancelled meanwhile, so that what it cleans up is cleaned up.
    public func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            // After `close()` the pool calls back at once, on the caller's thread; the work is done there, late but
            // whole.
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

    /// Ends the threads once they have done their work.
    public func close() async {
        // Only pools that are made for the life of the process refuse to stop, and this one is not.
        try? await pool.shutdownGracefully()
    }
}
