import ImportDomain
import Synchronization

/// The workspace as it would be after the decisions of a check so far.
///
/// Source: docs/decisions/0022-checks.md.
struct CheckedWorkspace: ConversionStore {
    let store: any Store
    let scratch: any ScratchWorkspace
    let number: ImportNumber
    /// The records that a claim has, instead of those that are staged; nil for these.
    var records: [StagedRecord]?

    /// Looks up; each look-up is a transaction of the scratch workspace, so that records can be decoded while earlier
    /// ones are decided.
    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any ImportTarget) throws -> Result
    ) async throws -> Result {
        try await store.read { [scratch, number, records] in
            try work(OverlaidTarget(workspace: $0, scratch: scratch, number: number, records: records))
        }
    }

    /// Looks up and writes, in one transaction of the scratch workspace.
    func write<Result: Sendable>(
        _ work: @escaping @Sendable (OverlaidTarget) throws -> Result
    ) async throws -> Result {
        let written = WrittenOnce<Result>()
        return try await store.read { [scratch, number, records] workspace in
            // The store may repeat the closure although the scratch workspace is written.
            try written.result {
                try scratch.transaction { transaction in
                    try work(
                        OverlaidTarget(
                            workspace: workspace, scratch: HeldScratch(held: transaction), number: number,
                            records: records))
                }
            }
        }
    }

    func userRows(by number: ImportNumber?) -> any UserRows { store.userRows(by: number) }

    func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows { store.rows(of: messages, by: number) }
}

/// The result of work that must not be repeated.
private final class WrittenOnce<Result: Sendable>: Sendable {
    private let latest = Mutex<Result?>(nil)

    /// The result of the first call that did not throw.
    func result(_ work: () throws -> Result) throws -> Result {
        try latest.withLock { latest in
            if let latest { return latest }
            let result = try work()
            latest = result
            return result
        }
    }
}

/// A transaction of a scratch workspace that is open already.
private struct HeldScratch: ScratchAccess {
    let held: any StoreTransaction

    func transaction<Result>(_ work: (any StoreTransaction) throws -> Result) throws -> Result { try work(held) }
}

/// A workspace with a scratch workspace laid over it: look-ups see both, writes reach the scratch workspace alone.
///
/// An account, room or message of the workspace that changes is copied first. Then the copy counts, and the keys that the
/// original has no longer are free.
struct OverlaidTarget: ImportTarget {
    let workspace: any StoreTransaction
    let scratch: any ScratchAccess
    /// The import whose decisions are written.
    let number: ImportNumber
    /// The records that a claim has, instead of those that are staged; nil for these.
    let records: [StagedRecord]?

    var staging: any StagedRecords { OverlaidRecords(workspace: workspace, scratch: scratch, records: records) }
    var users: any ImportedUsers { OverlaidUsers(workspace: workspace.users, scratch: scratch, number: number) }
    var rooms: any ImportedRooms { OverlaidRooms(workspace: workspace.rooms, scratch: scratch, number: number) }
    var messages: any ImportedMessages { OverlaidMessages(workspace: workspace.messages, scratch: scratch) }
    var roles: any RoleStore { workspace.roles }
    var importChanges: any ImportChangeRecorder { Unrecorded(workspace: workspace.downloads) }
    var downloads: any WantedFiles { Unrecorded(workspace: workspace.downloads) }
    var incomplete: any IncompleteRecordRecorder { Unrecorded(workspace: workspace.downloads) }

    /// Notes what later decisions look up about failed and skipped records.
    func note(_ outcome: BatchOutcome, of claim: BatchClaim) throws {
        guard !outcome.faults.isEmpty || !outcome.skipped.isEmpty || !outcome.strangers.isEmpty else { return }
        // Records themselves are not copied.
        var noted = outcome
        noted.faults = outcome.faults.filter { !$0.importIDs.isEmpty }.map {
            RecordFault($0.sequence, $0.failure, importIDs: $0.importIDs)
        }
        try scratch.transaction { try $0.staging.finish(claim, with: noted) }
    }
}

/// What an import records beside the workspace, and no decision looks up.
private struct Unrecorded: ImportChangeRecorder, WantedFiles, IncompleteRecordRecorder {
    let workspace: any DownloadStore

    func record(_ changes: [ImportChange], by number: ImportNumber) {}
    func note(_ members: [MissingMember], by number: ImportNumber) {}
    func note(_ messages: [IncompleteMessage], by number: ImportNumber) {}
    func enqueue(_ files: [WantedFile], by operation: OperationID?) {}
    func avatarURLs(of users: [UserID]) throws -> [UserID: String] { try workspace.avatarURLs(of: users) }
}

/// Records of the staging area, with a selection and notes of the scratch workspace.
private struct OverlaidRecords: StagedRecords {
    let workspace: any StoreTransaction
    let scratch: any ScratchAccess
    let records: [StagedRecord]?

    func records(of claim: BatchClaim) throws -> [StagedRecord] {
        try records ?? workspace.staging.records(of: claim)
    }

    func packs(of claim: BatchClaim) throws -> [StagedPack] {
        try records == nil ? workspace.staging.packs(of: claim) : []
    }

    func selected(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID> {
        try scratch.transaction { try $0.staging.selected(among: importIDs, of: type, in: operation) }
    }

    func accounts(ofSkipped importIDs: [ImportID], in operation: OperationID) throws -> [ImportID: UserID] {
        try scratch.transaction { try $0.staging.accounts(ofSkipped: importIDs, in: operation) }
    }

    func skipped(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID> {
        try scratch.transaction { try $0.staging.skipped(among: importIDs, of: type, in: operation) }
    }

    func hasFailedIDs(in operation: OperationID) throws -> Bool {
        try scratch.transaction { try $0.staging.hasFailedIDs(in: operation) }
    }

    func failed(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID> {
        try scratch.transaction { try $0.staging.failed(among: importIDs, of: type, in: operation) }
    }

    func strangers(among importIDs: [ImportID], in operation: OperationID) throws -> Set<ImportID> {
        try scratch.transaction { try $0.staging.strangers(among: importIDs, in: operation) }
    }
}

private struct OverlaidMessages: ImportedMessages {
    let workspace: any MessageStore
    let scratch: any ScratchAccess

    func find(ids: [MessageID]) throws -> [Message] {
        let written = try scratch.transaction { try $0.messages.find(ids: ids) }
        // Messages are large, and mostly all or none of them were written.
        if written.isEmpty { return try workspace.find(ids: ids) }
        let known = Set(written.map(\.id))
        let others = ids.filter { !known.contains($0) }
        return others.isEmpty ? written : try written + workspace.find(ids: others)
    }

    func recordDigests(of ids: [MessageID]) throws -> [MessageID: Int64] {
        let (written, digests) = try scratch.transaction {
            (Set(try $0.messages.find(ids: ids).map(\.id)), try $0.messages.recordDigests(of: ids))
        }
        let others = try workspace.recordDigests(of: written.isEmpty ? ids : ids.filter { !written.contains($0) })
        return digests.merging(others) { written, _ in written }
    }

    func insert(_ rows: MessageRows) throws { try scratch.transaction { try $0.messages.insert(rows) } }

    func update(_ message: Message, replacing before: Message, by number: ImportNumber) throws {
        try scratch.transaction { scratch in
            if try scratch.messages.find(ids: [message.id]).isEmpty { try scratch.messages.insert([before]) }
            try scratch.messages.update(message)
        }
    }

    func touch(_ threads: [TouchedThread], by operation: OperationID) {}
}
