import ImportDomain
import Synchronization

/// The leases that one worker holds.
///
/// Only what is in progress is renewed. A claim that the worker never heard of, because the connection broke, expires and
/// is claimed again.
final class HeldLeases: Sendable {
    private struct State {
        var held: Set<Lease> = []
        /// Renewed no longer and not released yet. Remembered until the store accepts the release: a claim of a worker
        /// that lives is not an attempt that ended its process.
        var abandoned: Set<Lease> = []
        var renewedAt = ContinuousClock.now
    }

    let worker: WorkerID
    let duration: Duration
    private let work: Lease.Work
    private let store: any Store
    private let state = Mutex(State())

    init(of work: Lease.Work, by worker: WorkerID, for duration: Duration, in store: any Store) {
        self.work = work
        self.worker = worker
        self.duration = duration
        self.store = store
    }

    /// Renews a lease from now on.
    func hold(_ lease: Lease) { state.withLock { _ = $0.held.insert(lease) } }

    /// The work is done, and its transaction ended the lease.
    func finish(_ lease: Lease) { state.withLock { _ = $0.held.remove(lease) } }

    /// Renews a lease no longer; it is released with all others.
    func abandon(_ lease: Lease) {
        state.withLock { state in
            state.held.remove(lease)
            state.abandoned.insert(lease)
        }
    }

    /// Whether the last renewal is so long ago; if so, this counts as one.
    func isRenewalDue(every interval: Duration) -> Bool {
        state.withLock { state in
            let now = ContinuousClock.now
            guard now - state.renewedAt >= interval else { return false }
            state.renewedAt = now
            return true
        }
    }

    /// Renews every lease, each in a transaction of its own: some may be locked by the transactions that write them.
    func renew() async throws {
        let duration = duration
        for lease in state.withLock({ $0.held }) {
            try await store.write(.renewLease) { try $0.leases.renew(lease, for: duration) }
        }
    }

    /// Releases one lease at once.
    func release(_ lease: Lease) async throws {
        abandon(lease)
        try await store.write(.releaseLease) { try $0.leases.release(lease) }
        state.withLock { _ = $0.abandoned.remove(lease) }
    }

    /// Releases every lease, without waiting for work in progress, which can write nothing afterwards.
    func releaseAll() async throws {
        let leases = state.withLock { state in
            state.abandoned.formUnion(state.held)
            state.held = []
            return state.abandoned
        }
        try await store.write(.releaseLeases) { [work, worker] transaction in
            for lease in leases { try transaction.leases.release(lease) }
            // Claims that this worker never heard of.
            try transaction.leases.releaseAll(work, of: worker)
        }
        state.withLock { $0.abandoned.subtract(leases) }
    }
}
