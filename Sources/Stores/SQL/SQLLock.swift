/// A lock that stands for no row: whoever takes it waits for those who hold it, in the order of their coming, and holds
/// it until its transaction ends.
///
/// Row locks that several may share know no such order: new ones overtake whoever waits to have a row alone.
public struct SQLLock: Sendable {
    /// Which lock it is; a number of Ferry's own, because other programs may use the same server.
    public let number: Int64
    /// Whether others may hold it as well, if they share it likewise.
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
    /// Takes a lock; nothing where there is one writer, and in read transactions.
    public func take(_ lock: SQLLock) throws {
        if let script = dialect.text(of: lock) { try run(script: script) }
    }
}
