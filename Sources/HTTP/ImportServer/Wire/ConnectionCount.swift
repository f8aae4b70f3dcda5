import Synchronization

/// The connections of a server.
final class ConnectionCount: Sendable {
    private let count = Atomic(0)

    /// Adds a connection.
    ///
    /// - Returns: how many there are with it.
    func add() -> Int { count.add(1, ordering: .relaxed).newValue }

    /// Removes a connection.
    func remove() { count.subtract(1, ordering: .relaxed) }
}
