/// How many records of one type an operation has, and their outcomes.
///
/// At every instant `total = completed + error + skipped + pending`: each record is in exactly one of them.
public struct ImportCounts: Equatable, Sendable {
    /// Records staged.
    public var total: Int
    /// Records in the workspace: created, updated or unchanged.
    public var completed: Int
    /// Failed records, kept in the staging area with their reasons.
    public var error: Int
    /// Records that were not selected.
    public var skipped: Int
    /// Part of `completed`: the workspace already had the record.
    public var unchanged: Int
    /// Part of `completed`: the record changed existing data.
    public var updated: Int

    /// Counts of the given sizes; all zero by default.
    public init(
        total: Int = 0, completed: Int = 0, error: Int = 0, skipped: Int = 0, unchanged: Int = 0, updated: Int = 0
    ) {
        self.total = total
        self.completed = completed
        self.error = error
        self.skipped = skipped
        self.unchanged = unchanged
        self.updated = updated
    }

    /// Part of `completed`: records that are new in the workspace.
    public var created: Int { completed - unchanged - updated }

    /// Records that are not processed yet.
    public var pending: Int { total - completed - error - skipped }

    /// The sum of two counts, field by field.
    public static func + (left: ImportCounts, right: ImportCounts) -> ImportCounts {
        ImportCounts(
            total: left.total + right.total, completed: left.completed + right.completed,
            error: left.error + right.error, skipped: left.skipped + right.skipped,
            unchanged: left.unchanged + right.unchanged, updated: left.updated + right.updated)
    }
}
