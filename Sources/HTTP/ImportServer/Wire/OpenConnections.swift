import NIOCore
import Synchronization

/// The connections of a server, and which of them wait for a request.
///
/// Beyond the limit, the longest idle connection is closed, so that idle clients do not keep others out.
final class OpenConnections: Sendable {
    /// A connection that waits for a request.
    struct Wait {
        fileprivate let number: Int
    }

    private struct State {
        var count = 0
        var latest = 0
        var closures: [Int: @Sendable () -> Void] = [:]
        /// The numbers of `closures` in their order, and of some removed ones.
        var order = CircularBuffer<Int>()
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many connections are served at the same time.
    init(limit: Int) { self.limit = limit }

    /// Adds a connection, closing an idle one if necessary.
    ///
    /// - Returns: false if the limit is reached and none is idle.
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

    /// Marks a connection as idle.
    ///
    /// - Parameter close: closes it, unless its request arrived meanwhile; called on any thread.
    func beginWait(close: @escaping @Sendable () -> Void) -> Wait {
        state.withLock { state in
            state.latest += 1
            state.closures[state.latest] = close
            state.order.append(state.latest)
            // Ended waits leave their numbers; they are removed once they are the majority.
            if state.order.count > 2 * state.closures.count + 64 {
                state.order = CircularBuffer(state.order.filter { state.closures[$0] != nil })
            }
            return Wait(number: state.latest)
        }
    }

    /// Ends the idle time of a connection.
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
