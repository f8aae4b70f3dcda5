/// How often a workspace has changed in what imports look up before they write: accounts, rights, rooms, who is in
/// them, and messages.
///
/// Decisions that were made under a version hold as long as the workspace has it. Counts, sign-ins and totals that
/// follow from messages do not move it.
public struct WorkspaceVersion: Equatable, Sendable {
    /// The number as stored; every change makes it larger by one.
    public let number: Int64

    /// A version as stored.
    public init(number: Int64) { self.number = number }

    /// The version after one more change.
    public var next: WorkspaceVersion { WorkspaceVersion(number: number + 1) }
}

/// Decisions no longer hold, because the workspace changed since they were made.
public struct OutdatedDecisions: Error {
    /// The reason to decide again.
    public init() {}
}
