import Synchronization

/// Wakes the workers of this process when there is work, so that they poll rarely.
public final class WorkSignal: Sendable {
    private struct State {
        var generation = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    /// Creates a signal that was not given yet.
    public init() {}

    /// How often the signal was given; take it before looking for work, and wait for more after finding none.
    public var generation: Int { state.withLock { $0.generation } }

    /// Wakes every waiting worker.
    public func notify() {
        let waiting = state.withLock { state in
            state.generation += 1
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns once the signal was given after `generation`, after `timeout`, or when the task is cancelled.
    public func wait(after generation: Int, timeout: Duration) async {
        await withTaskGroup { group in
            group.addTask { await self.wait(after: generation) }
            group.addTask { try? await Task.sleep(for: timeout) }  // An end by cancellation is an end like any other.
            await group.next()
            group.cancelAll()
        }
    }

    private func wait(after generation: Int) async {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    guard state.generation == generation, !Task.isCancelled else { return true }
                    state.waiting[waiter] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume()
        }
    }
}
