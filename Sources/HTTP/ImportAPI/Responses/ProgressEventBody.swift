/// The data of an event of `import.events`.
public struct ProgressEventBody: Codable, Equatable, Sendable {
    /// The id of the operation.
    public var operationId: String
    /// The state, as in `import.status`.
    public var state: String
    /// The step.
    public var status: String
    /// What was requested of it; absent if nothing.
    public var control: String?
    /// Whether the import was undone.
    public var undone: Bool
    /// Records processed: all but the pending ones.
    public var done: Int
    /// Records staged.
    public var total: Int
    /// Records that could not be imported.
    public var failed: Int
    /// The outcomes of each type.
    public var counts: ControlResponse.TypeCounts
    /// The part of the file that is being read.
    public var entry: String?
    /// Bytes of the file read so far.
    public var bytesRead: Int?
    /// Bytes of the whole file.
    public var bytesTotal: Int?
    /// Records a second over the latest 10 seconds, or bytes a second while a file is read; absent until it is measured.
    public var rate: Double?
    /// The least and most seconds until the end, or until the file is read; absent while they are unknown.
    public var secondsLeft: [Double]?
    /// The undo, while the import is being undone and once it was.
    public var undo: UndoProgressBody?
    /// Why the import failed.
    public var failure: FileFailureBody?
    /// When it was so, ISO 8601.
    public var ts: String

    /// A progress.
    public init(
        operationId: String, state: String, status: String, undone: Bool, done: Int, total: Int, failed: Int,
        counts: ControlResponse.TypeCounts, ts: String
    ) {
        self.operationId = operationId
        self.state = state
        self.status = status
        self.undone = undone
        self.done = done
        self.total = total
        self.failed = failed
        self.counts = counts
        self.ts = ts
    }
}
