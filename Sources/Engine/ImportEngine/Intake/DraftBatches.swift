import ImportDomain

/// Cuts the drafts of one type into batches, of the same size in whatever pieces their text arrives.
struct DraftBatches {
    /// A batch is complete when it reaches any of these. Sixteen passwords keep a thread busy for less than a second, so
    /// that workers which share an import end together.
    static let size = Workload(records: 2_000, bytes: 4 << 20, secrets: 16)

    private var complete: [[RecordDraft]] = []
    private var open: [RecordDraft] = []
    private var workload = Workload()

    /// Whether any batch is complete.
    var hasComplete: Bool { !complete.isEmpty }

    /// Adds a draft to the open batch.
    mutating func add(_ draft: RecordDraft) {
        open.append(draft)
        workload += draft.workload
        if workload.reaches(Self.size) { close() }
    }

    /// Makes a batch of what is left.
    mutating func close() {
        guard !open.isEmpty else { return }
        complete.append(open)
        open = []
        workload = Workload()
    }

    /// Takes the complete batches away.
    mutating func take() -> [[RecordDraft]] {
        defer { complete = [] }
        return complete
    }
}
