/// The number of changes of the data that imports look up before they write: accounts, rights, rooms, members and
/// messages.
///
/// Decisions are valid while the workspace has the version under which they were made. Counts, sign-ins and recounted
/// totals do not change it.
public struct WorkspaceVersion: Equatable, Sendable {
    /// The stored number; every change increments it.
    public let number: Int64

    /// A version as stored.
    public init(number: Int64) { self.number = number }

    /// The version after one more change.
    public var next: WorkspaceVersion { WorkspaceVersion(number: number + 1) }
}

/// The workspace changed after these decisions, so they are invalid.
public struct OutdatedDecisions: Error {
    /// The reason to decide again.
    public init() {}
}
