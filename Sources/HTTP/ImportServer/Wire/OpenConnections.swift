import NIOCore
import Synchronization

/// The connections of a server, and which of them wait for a request.
///
/// When there are more than the server serves, the one that has waited longest is closed, so that no client keeps others
/// out by doing nothing.
final class OpenConnections: Sendable {
    /// A connection that waits for a request.
    struct Wait {
        fileprivate let number: Int
    }

    private struct State {
        var count = 0
        var latest = 0
        var closures: [Int: @Sendable () -> Void] = [:]
        /// The numbers of `closures` in their order, and of some that have gone.
        var order = CircularBuffer<Int>()
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many connections are served at the same time.
    init(limit: Int) { self.limit = limit }

    /// Adds a connection; another one may be closed for it.
    ///
    /// - Returns: false when there are too many, and each of the others has a request.
    func add() -> Bool {
        let (close, isWithinLimit) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
            state.count += 1
            guard state.count > limit else { return (nil, true) }
            let close = Self.takeLongestWaiting(of: &state)
            return (close, close != nil)
        }
        close?()
        return isWithinLimit
    }

    /// Removes a connection.
    func remove() { state.withLock { $0.count -= 1 } }

    /// A connection waits for a request from now on.
    ///
    /// - Parameter close: closes it, unless its request came meanwhile; called on any thread.
    func beginWait(close: @escaping @Sendable () -> Void) -> Wait {
        state.withLock { state in
            state.latest += 1
            state.closures[state.latest] = close
            state.order.append(state.latest)
            // Each wait that ended leaves a number behind; they are dropped once they are most of the order.
            if state.order.count > 2 * state.closures.count + 64 {
                state.order = CircularBuffer(state.order.filter { state.closures[$0] != nil })
            }
            return Wait(number: state.latest)
        }
    }

    /// A connection has got its request, or has ended.
    func end(_ wait: Wait) { state.withLock { _ = $0.closures.removeValue(forKey: wait.number) } }

    /// How many waits are remembered, ended ones included.
    var rememberedWaits: Int { state.withLock { $0.order.count } }

    private static func takeLongestWaiting(of state: inout State) -> (@Sendable () -> Void)? {
        while let number = state.order.popFirst() {
            if let close = state.closures.removeValue(forKey: number) { return close }
        }
        return nil
    }
}
