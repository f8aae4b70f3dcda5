/// An advisory lock, granted in the order of requests and held until the transaction ends.
///
/// Shared row locks have no such order: new ones overtake a waiting exclusive one.
public struct SQLLock: Sendable {
    /// The lock's number, chosen to be unique because other programs may use the same server.
    public let number: Int64
    /// Whether it is shared.
    public let isShared: Bool

    /// The lock of a number.
    public init(number: Int64, isShared: Bool = false) {
        self.number = number
        self.isShared = isShared
    }

    /// Lets one migrator in at a time.
    public static let migrations = SQLLock(number: 4_649_727_279)
}

extension SQLConnection {
    /// Takes a lock. Does nothing in read transactions and if there is one writer.
    public func take(_ lock: SQLLock) throws {
        if let script = dialect.text(of: lock) { try run(script: script) }
    }
}
