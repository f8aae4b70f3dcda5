import HTTPTypes
import ImportDomain
import Synchronization

/// Limits the total bytes of large responses in memory, over all requests.
///
/// A response reserves its maximum before its items are read, and keeps its actual size until its last byte is written.
/// One account gets at most a quarter, so that slow readers do not block others.
///
/// Source: docs/api.md, "Lists".
final class ResponseMemory: Sendable {
    /// Reserved bytes, released on deinitialization.
    final class Reservation: Sendable {
        private let memory: ResponseMemory
        private let account: UserID
        private let bytes: Mutex<Int>

        fileprivate init(_ memory: ResponseMemory, account: UserID, bytes: Int) {
            self.memory = memory
            self.account = account
            self.bytes = Mutex(bytes)
        }

        /// Corrects the reservation once the size is known.
        func change(to newBytes: Int) {
            bytes.withLock { bytes in
                memory.add(newBytes - bytes, to: account)
                bytes = newBytes
            }
        }

        deinit { memory.add(-bytes.withLock { $0 }, to: account) }
    }

    private struct Held {
        var total = 0
        var byAccount: [UserID: Int] = [:]
    }

    private let capacityBytes: Int
    private let patience: Duration
    private let held = Mutex(Held())

    /// - Parameter patience: how long a response waits for others to end before it is rejected.
    init(capacityBytes: Int, patience: Duration) {
        self.capacityBytes = capacityBytes
        self.patience = patience
    }

    /// How many bytes are reserved.
    var heldBytes: Int { held.withLock { $0.total } }

    /// Reserves bytes, waiting for other responses to end.
    ///
    /// - Throws: the rejection of a response for which there is no room; `CancellationError`.
    func reserve(_ bytes: Int, for account: UserID) async throws -> Reservation {
        let clock = ContinuousClock()
        let end = clock.now + patience
        while !isAdmitted(bytes, for: account) {
            guard clock.now < end else { throw APIFailure.busy }
            try await clock.sleep(for: .milliseconds(20))
        }
        return Reservation(self, account: account, bytes: bytes)
    }

    private func isAdmitted(_ bytes: Int, for account: UserID) -> Bool {
        held.withLock { held in
            let own = held.byAccount[account] ?? 0
            // A response larger than a share is admitted alone.
            let fits = held.total + bytes <= capacityBytes && own + bytes <= capacityBytes / 4
            guard fits || (own == 0 && held.total == 0) else { return false }
            held.total += bytes
            held.byAccount[account] = own + bytes
            return true
        }
    }

    private func add(_ bytes: Int, to account: UserID) {
        held.withLock { held in
            held.total += bytes
            let own = (held.byAccount[account] ?? 0) + bytes
            held.byAccount[account] = own == 0 ? nil : own
        }
    }
}

extension APIFailure {
    /// Other large responses use all of the memory limit.
    fileprivate static var busy: APIFailure {
        coded(
            "The server is busy with other large responses. Send the request again later", "error-server-busy",
            status: .serviceUnavailable
        ).with(.retryAfter, "10")
    }
}
