/// How far a copy of a workspace has come.
public struct CopyProgress: Equatable, Sendable {
    /// What a copy does, in this order.
    public enum Phase: Sendable {
        /// Rows go from the source to the destination.
        case copying
        /// Rows are read back from the destination.
        case verifying
    }

    /// What is being done.
    public let phase: Phase
    /// The table that is copied now.
    public let table: String
    /// Rows of all tables that are done in this phase.
    public let done: Int
    /// Rows of all tables.
    public let total: Int
}
