import ImportDomain

/// How staged records of one type become part of the workspace.
///
/// Preparing needs no transaction and may take its time; writing happens in the one transaction that also removes the
/// records from the staging area.
protocol RecordConversion: Sendable {
    /// Records as they are ready to be written.
    associatedtype Prepared: Sendable

    /// Decodes and checks records, and does whatever takes long.
    ///
    /// - Throws: `CancellationError`.
    func prepare(_ records: [StagedRecord], settings: ConversionSettings) async throws -> Prepared

    /// Writes what can be written, and tells what became of each record.
    ///
    /// - Throws: `StoreError`; then nothing is written.
    func write(
        _ prepared: Prepared, for operation: OperationID, settings: ConversionSettings, at moment: Timestamp,
        in transaction: any StoreTransaction
    ) throws -> BatchOutcome
}

/// The workspace's settings that conversions obey, as they were when a batch was claimed.
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
    /// Records of which the workspace already held everything.
    var unchanged = 0
    /// Records that could not be imported.
    var failures: [(sequence: RecordSequence, failure: RecordFailure)] = []

    /// The outcome as it is added to an operation's counts.
    var counts: ImportCounts {
        ImportCounts(completed: created + unchanged, error: failures.count, unchanged: unchanged)
    }
}
