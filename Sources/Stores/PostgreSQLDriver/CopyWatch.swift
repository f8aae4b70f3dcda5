import Synchronization

/// A transaction that holds locks while the server waits for its client.
struct WaitingTransaction {
    /// The server's process.
    let process: Int64
    /// Distinguishes this statement from a later one of the same process.
    let statement: String
    /// How many bytes its COPY has received; nil for another statement.
    let copiedBytes: Int64?
}

/// Distinguishes a slow COPY from one whose client has stopped: the server does not report when the last bytes arrived,
/// so their number is remembered between calls.
final class CopyWatch: Sendable {
    private struct Sighting {
        let statement: String
        let bytes: Int64
        let seenAt: ContinuousClock.Instant
    }

    private let sightings = Mutex<[Int64: Sighting]>([:])

    /// The server's processes whose transaction is stalled.
    func stalled(among waiting: [WaitingTransaction], for age: Duration) -> [Int64] {
        let now = ContinuousClock.now
        return sightings.withLock { sightings in
            var current: [Int64: Sighting] = [:]
            var stalled: [Int64] = []
            for transaction in waiting {
                guard let bytes = transaction.copiedBytes else {
                    stalled.append(transaction.process)
                    continue
                }
                let earlier = sightings[transaction.process]
                    .flatMap { $0.statement == transaction.statement && $0.bytes == bytes ? $0 : nil }
                let sighting = earlier ?? Sighting(statement: transaction.statement, bytes: bytes, seenAt: now)
                if now - sighting.seenAt >= age { stalled.append(transaction.process) }
                current[transaction.process] = sighting
            }
            sightings = current
            return stalled
        }
    }
}
