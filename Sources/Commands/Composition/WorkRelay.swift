import ImportEngine
import ServiceLifecycle

/// Wakes this process's workers when another process has announced work.
struct WorkRelay: Service {
    let announcements: AsyncStream<Void>
    let workSignal: WorkSignal

    func run() async throws {
        for await _ in announcements.cancelOnGracefulShutdown() { workSignal.notify() }
        // There are no notifications here, but a service that returns would stop the others.
        try? await gracefulShutdown()  // The end by cancellation is an end as well.
    }
}
