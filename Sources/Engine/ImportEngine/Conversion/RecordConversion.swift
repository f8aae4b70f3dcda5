import ImportDomain

/// How staged records of one type become part of the workspace: decoded, decided, written.
///
/// Whatever takes time and does not depend on the workspace is done once, when records are decoded. Decisions are made
/// outside the transaction that writes them, and again inside it if the workspace changed meanwhile. A dry run decides
/// and does not write.
/// Source: docs/decisions/0016-decide-then-apply.md.
protocol RecordConversion: Sendable {
    /// Reads and decodes the records of a claim.
    ///
    /// - Throws: `CancellationError`, `StoreError`.
    func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch
}

/// Records of a claim, about which decisions can be made as often as it takes.
protocol DecodedBatch: Sendable {
    /// What becomes of each record. Nothing is written, and nothing counts but the records and the directory.
    ///
    /// - Throws: `OutdatedDecisions` when it takes earlier decisions to be written first; `StoreError`.
    func decide(by directory: WorkspaceDirectory) throws -> BatchDecisions
}

/// What decisions consult.
struct WorkspaceDirectory {
    /// The workspace, as a transaction sees it; for look-ups alone.
    let workspace: any ImportTarget
    /// What was decided before and is not written yet.
    let earlier: EarlierDecisions
    /// The time of the decisions, at which rooms are made and changed: clients ask for what changed since.
    let moment: Timestamp
}

/// What the decisions about earlier batches leave to those about later ones.
struct EarlierDecisions: Sendable {
    /// Accounts that are made, or taken for people of the source.
    var accounts = AccountChanges()
    /// Rooms that are made or changed.
    var rooms = RoomChanges()
    /// Messages that are made or changed.
    var messages: Set<MessageID> = []

    /// What is left of them once they are written: where numbers behind names go on.
    var written: EarlierDecisions {
        var written = EarlierDecisions()
        written.accounts.numbers = accounts.numbers
        written.rooms.numbers = rooms.numbers
        return written
    }
}

/// What becomes of the records of a batch, and how that is written.
struct BatchDecisions: Sendable {
    /// One decision a record.
    let records: [RecordDecision]
    /// Import ids of users that were not selected and are not the accounts of these usernames.
    var strangers: [ImportID] = []
    /// What was noticed.
    var findings: [ImportFinding] = []
    /// What decisions about later batches have to know before this one is written.
    let changes: EarlierDecisions
    /// Writes rows, and looks nothing up that was looked up for the decisions.
    let apply: @Sendable (any ImportTarget) throws -> Void
}

/// What conversions know of the run that they work for, as it was when a batch was claimed.
struct ConversionContext: Sendable {
    /// The operation.
    let operation: ImportOperation
    /// The number that marks what the operation makes.
    let number: ImportNumber
    /// Whether people may be named by their username where the source has no other id.
    let namesPeopleByUsername: Bool
    /// The workspace's settings.
    let settings: ConversionSettings
    /// Where records and the workspace are kept.
    let store: any ConversionStore
    /// The time of the claim, at which accounts are made.
    let moment: Timestamp

    /// The same context over another store.
    func with(_ store: any ConversionStore) -> ConversionContext {
        ConversionContext(
            operation: operation, number: number, namesPeopleByUsername: namesPeopleByUsername, settings: settings,
            store: store, moment: moment)
    }

    /// Whether users failed whom a retry may bring; all users are imported before rooms, so the count is final.
    var hasFailedUsers: Bool { operation.counts[.user]?.error ?? 0 > 0 }
    /// Whether rooms failed that a retry may bring; final once messages are imported.
    var hasFailedRooms: Bool { operation.counts[.room]?.error ?? 0 > 0 }

    /// What becomes of records that meet what is there already.
    var policies: ImportPolicies { operation.start?.policies ?? .ofCalls }

    /// Which of some records are to be imported, by their first import ids.
    func selection(of type: RecordType, among importIDs: [ImportID]) async throws -> RecordSelection {
        guard let start = operation.start, start.listedTypes.contains(type) else { return RecordSelection() }
        let id = operation.id
        return RecordSelection(
            listed: try await store.read { try $0.staging.selected(among: importIDs, of: type, in: id) },
            isExcluding: start.excludedTypes.contains(type))
    }
}

/// Where conversions find records and the workspace: the store, or a check's view of it.
protocol ConversionStore: Sendable {
    /// Runs `work` on a consistent snapshot.
    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any ImportTarget) throws -> Result
    ) async throws -> Result

    /// An empty list of accounts, to be filled outside of transactions.
    func userRows(by number: ImportNumber?) -> any UserRows

    /// Builds messages as rows, outside of transactions.
    func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows
}

/// The workspace that an import changes.
struct ImportedWorkspace: ConversionStore {
    let store: any Store

    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any ImportTarget) throws -> Result
    ) async throws -> Result { try await store.read { try work($0.importTarget) } }

    func userRows(by number: ImportNumber?) -> any UserRows { store.userRows(by: number) }

    func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows { store.rows(of: messages, by: number) }
}

/// Which of some records are to be imported.
struct RecordSelection: Sendable {
    /// The listed ids; nil for every record.
    var listed: Set<ImportID>?
    /// Whether the listed ids are those that are not to be imported.
    var isExcluding = false

    /// Whether this id, which stands for many records, is listed as selected; or nothing is listed.
    func lists(_ importID: ImportID) -> Bool { !isExcluding && (listed?.contains(importID) ?? true) }

    /// Whether the record of this first import id is to be imported.
    func contains(_ importID: ImportID) -> Bool {
        guard let listed else { return true }
        return listed.contains(importID) != isExcluding
    }
}

/// The workspace's settings that conversions obey.
struct ConversionSettings: Sendable {
    /// Whether suggested usernames are written in lower-case ASCII.
    let slugifyNames: Bool
    /// What a username starts with when nothing about a person suggests one.
    let usernamePrefix: String
    /// Whether accounts are asked for a code by e-mail once an address of theirs is verified.
    let emailSecondFactor: Bool
    /// The roles of people to whom nobody gave any.
    let defaultRoles: [String]

    init(_ settings: any SettingStore) throws {
        slugifyNames = try settings.flag(Settings.slugifyNames)
        usernamePrefix = try settings.text(Settings.usernamePrefix)
        emailSecondFactor = try settings.flag(Settings.emailSecondFactorOptIn)
        defaultRoles = try settings.defaultRoles()
    }
}

extension BatchDecisions {
    /// The decisions as they are added to an operation's counts.
    var counts: ImportCounts {
        records.reduce(into: ImportCounts()) { counts, record in
            switch record.decision {
            case .create: counts.completed += 1
            case .update, .bind: (counts.completed, counts.updated) = (counts.completed + 1, counts.updated + 1)
            case .unchanged: (counts.completed, counts.unchanged) = (counts.completed + 1, counts.unchanged + 1)
            case .skip: counts.skipped += 1
            case .fail: counts.error += 1
            }
        }
    }

    /// What the staging area keeps of a batch of this type.
    func outcome(of type: RecordType) -> BatchOutcome {
        var outcome = BatchOutcome(strangers: strangers)
        for record in records {
            switch record.decision {
            case .fail(let failure):
                outcome.faults.append(
                    RecordFault(
                        record.sequence, failure, document: record.document,
                        packedID: record.importIDs.first?.rawValue ?? "",
                        // Nothing depends on a message.
                        importIDs: type == .message ? [] : record.importIDs))
            // Messages have no rows of their own; those that are skipped are only counted.
            case .skip where type != .message:
                outcome.skipped.append(
                    SkippedRecord(
                        record.sequence, importIDs: record.importIDs, account: record.subject.map { UserID($0) }))
            default: break
            }
        }
        return outcome
    }
}
