import ImportDomain

/// How staged records of one type become part of the workspace.
///
/// Preparing may take its time: decoding, hashing, looking up what does not change any more. What is left is done in
/// the one transaction that also removes the records from the staging area.
protocol RecordConversion: Sendable {
    /// Decodes and checks the records of a lease.
    ///
    /// - Returns: what is left to do.
    /// - Throws: `CancellationError`, `StoreError`.
    func prepare(_ lease: Lease, in context: ConversionContext) async throws -> BatchWrite
}

/// Writes what can be written of a batch, and tells what became of each record.
///
/// It may run more than once, each time in a new transaction; when it throws a `StoreError`, nothing is written.
typealias BatchWrite = @Sendable (_ transaction: any StoreTransaction, _ moment: Timestamp) throws -> BatchOutcome

/// What conversions know of the run that they work for, as it was when a batch was claimed.
struct ConversionContext: Sendable {
    /// The operation.
    let operation: ImportOperation
    /// Whether people may be named by their username where the source has no other id.
    let namesPeopleByUsername: Bool
    /// The workspace's settings.
    let settings: ConversionSettings
    /// Where records and the workspace are kept.
    let store: any Store

    /// What becomes of users that clash with accounts.
    var matching: ImportStart.Matching { operation.start?.matching ?? .refuse }

    /// Which of some records are to be imported, by their first import ids.
    func selection(of type: RecordType, among importIDs: [ImportID]) async throws -> RecordSelection {
        guard operation.start?.listedTypes.contains(type) == true else { return RecordSelection(listed: nil) }
        let id = operation.id
        return RecordSelection(
            listed: try await store.read { try $0.staging.selected(among: importIDs, of: type, in: id) })
    }
}

/// Which of some records are to be imported.
struct RecordSelection: Sendable {
    /// The selected ids; nil for every record.
    let listed: Set<ImportID>?

    /// Whether the record of this first import id is to be imported.
    func contains(_ importID: ImportID) -> Bool { listed?.contains(importID) ?? true }
}

/// The workspace's settings that conversions obey.
struct ConversionSettings: Sendable {
    /// Whether suggested usernames are written in lower-case ASCII.
    let slugifyNames: Bool
    /// What a username starts with when nothing about a person suggests one.
    let usernamePrefix: String
    /// Whether accounts are asked for a code by e-mail once an address of theirs is verified.
    let emailSecondFactor: Bool

    init(_ settings: any SettingStore) throws {
        slugifyNames = try settings.flag(Settings.slugifyNames)
        usernamePrefix = try settings.text(Settings.usernamePrefix)
        emailSecondFactor = try settings.flag(Settings.emailSecondFactorOptIn)
    }
}

/// What became of the records of a batch; each of them is counted once.
struct BatchOutcome: Sendable {
    /// Records that made something new.
    var created = 0
    /// Records that changed something that was there already.
    var updated = 0
    /// Records of which the workspace already held everything.
    var unchanged = 0
    /// Records that could not be imported.
    var faults: [RecordFault] = []
    /// Records with rows of their own that were not selected.
    var skipped: [SkippedRecord] = []
    /// Import ids of users that were not selected and are not the accounts of these usernames.
    var strangers: [ImportID] = []
    /// Messages that were not selected; they leave the staging area.
    var skippedMessages = 0

    /// The outcome as it is added to an operation's counts.
    var counts: ImportCounts {
        ImportCounts(
            completed: created + updated + unchanged, error: faults.count, skipped: skipped.count + skippedMessages,
            unchanged: unchanged, updated: updated)
    }
}
