import SQL

extension SQLLock {
    /// Keeps operations as they are, for a transaction that imports or stages something under one.
    static let operationsAsTheyAre = SQLLock(number: 4_649_727_281, isShared: true)
    /// Keeps everybody else from changing operations, and from importing anything meanwhile.
    static let operations = SQLLock(number: 4_649_727_281)
    /// Lets one transaction at a time claim a batch whose process ended in the middle of it.
    static let suspects = SQLLock(number: 4_649_727_283)
    /// Lets one transaction at a time number usernames: two that count the same names would choose the same ones.
    static let numberedUsernames = SQLLock(number: 4_649_727_282)
    /// Lets one transaction at a time take rights away: two could take them from the last two holders.
    static let rights = SQLLock(number: 4_649_727_284)
}
