public import ImportDomain
public import SQL

/// The domain's store over any SQL database.
public struct WorkspaceStore: Store {
    private let database: any SQLDatabase
    private let clock: any WallClock

    private init(database: any SQLDatabase, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    /// Opens the store: brings the tables up to date, and takes back what a crashed process held.
    ///
    /// - Parameter clock: by which leases run out where the database belongs to one process.
    /// - Throws: `StoreError`.
    public static func open(_ database: any SQLDatabase, clock: any WallClock) async throws -> WorkspaceStore {
        let store = WorkspaceStore(database: database, clock: clock)
        _ = try await translatingErrors { try await Migrator(Migrations.all).migrate(database) }
        if !database.dialect.isShared {
            try await store.write { transaction in
                try transaction.staging.forgetInterruptedIntakes()
                try transaction.leases.releaseAll()
            }
        }
        return store
    }

    /// Runs `work` on a consistent snapshot.
    public func read<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await Self.translatingErrors {
            try await database.read { [clock] in try work(Transaction(connection: $0, clock: clock)) }
        }
    }

    /// Runs `work` in one durable transaction.
    public func write<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await Self.translatingErrors {
            try await database.write { [clock] connection in
                let transaction = Transaction(connection: connection, clock: clock)
                let result = try work(transaction)
                try transaction.changes.finish()
                return result
            }
        }
    }

    /// An empty list of accounts.
    public func userRows(by number: ImportNumber?) -> any UserRows { StoredUserRows(by: number) }

    /// Messages as rows of the table that holds them.
    public func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows {
        MessageRows(MessageTables.rows(of: messages, by: number))
    }

    /// Whether other processes may have the workspace open as well.
    public var isShared: Bool { database.dialect.isShared }

    /// Analyzes statistics and checkpoints the log after bulk writes.
    public func analyze() async throws {
        try await Self.translatingErrors { try await database.analyze(WorkspaceTable.analyzed) }
    }

    /// Ends transactions of other processes that are frozen or cut off.
    public func endStalledTransactions(olderThan age: Duration) async throws {
        _ = try await Self.translatingErrors { try await database.endStalledTransactions(olderThan: age) }
    }

    /// Closes the database; calls that follow fail.
    public func close() async throws { try await database.close() }

    private static func translatingErrors<Result: Sendable>(
        _ work: @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            return try await work()
        } catch {
            throw StoreError.translate(error)
        }
    }
}

/// A scratch workspace in any SQL database that blocks.
public struct ScratchStore: ScratchWorkspace {
    private let database: any SQLScratchDatabase
    private let clock: any WallClock

    /// Makes the tables.
    ///
    /// - Throws: `StoreError`.
    public static func open(_ database: any SQLScratchDatabase, clock: any WallClock) async throws -> ScratchStore {
        do {
            _ = try await Migrator(Migrations.all).migrate(database)
        } catch {
            throw StoreError.translate(error)
        }
        return ScratchStore(database: database, clock: clock)
    }

    private init(database: any SQLScratchDatabase, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    /// Runs `work` on the calling thread.
    public func transaction<Result>(_ work: (any StoreTransaction) throws -> Result) throws -> Result {
        do {
            return try database.transaction { [clock] connection in
                let transaction = Transaction(connection: connection, clock: clock)
                let result = try work(transaction)
                try transaction.changes.finish()
                return result
            }
        } catch {
            throw StoreError.translate(error)
        }
    }

    /// Removes it.
    public func close() async {
        // The file is gone already; a failure leaves an open descriptor until the process ends.
        try? await database.close()
    }
}

/// One transaction's view of every table.
private struct Transaction: StoreTransaction {
    let connection: any SQLConnection
    let clock: any WallClock
    let changes: WorkspaceChanges

    init(connection: any SQLConnection, clock: any WallClock) {
        self.connection = connection
        self.clock = clock
        changes = WorkspaceChanges(connection: connection)
    }

    var operations: any OperationStore { OperationTable(connection: connection, clock: clock) }
    var staging: any StagingArea { StagingTables(connection: connection, clock: clock) }
    var recordIndex: any RecordIndexStore { RecordIndexTable(connection: connection) }
    var failureTexts: any FailureTextStore { FailureTextTable(connection: connection) }
    var retries: any RetryStore { RetryTables(connection: connection, clock: clock) }
    var incomplete: any IncompleteRecordStore {
        IncompleteRecordTables(connection: connection, clock: clock, changes: changes)
    }
    var leases: any LeaseStore { LeaseTables(connection: connection, clock: clock) }
    var checks: any CheckStore { CheckTables(connection: connection, clock: clock) }
    var findings: any FindingStore { FindingTables(connection: connection) }
    var users: any UserStore { UserTables(connection: connection, changes: changes) }
    var rooms: any RoomStore { RoomTables(connection: connection, clock: clock, changes: changes) }
    var undos: any UndoStore { UndoTables(connection: connection, clock: clock, changes: changes) }
    var importChanges: any ImportChangeStore { ImportChangeTable(connection: connection) }
    var messages: any MessageStore { MessageTables(connection: connection, clock: clock, changes: changes) }
    var downloads: any DownloadStore { DownloadTables(connection: connection, clock: clock, changes: changes) }
    var roles: any RoleStore { RoleTables(connection: connection, changes: changes) }
    var settings: any SettingStore { SettingTable(connection: connection) }
    var sessions: any SessionStore { SessionTables(connection: connection) }
    var callCounts: any CallCountStore { CallCountTable(connection: connection) }

    func version() throws -> WorkspaceVersion { try changes.version() }

    func requireUnchanged(since version: WorkspaceVersion) throws { try changes.require(version) }

    func moveVersion() { changes.note() }

    func announceWork() throws { try connection.announce() }
}

extension StoreError {
    /// A database's failure in the domain's words; errors of the work itself stay as they are.
    static func translate(_ error: any Error) -> any Error {
        switch error {
        case SQLError.uniqueViolation(let constraint): StoreError.uniqueViolation(constraint: constraint)
        case SQLError.full(let message): StoreError.full(message: message)
        case SQLError.unavailable(let message): StoreError.unavailable(message: message)
        case SQLError.outcomeUnknown(let message): StoreError.outcomeUnknown(message: message)
        case SQLError.refused(let message): StoreError.refused(message: message)
        case SQLError.corrupt(let message): StoreError.corrupt(message: message)
        case SQLError.incompatible(let message): StoreError.incompatible(message: message)
        case SQLError.invalidValue(let message): StoreError.invalidValue(message: message)
        case SQLError.failed(let message): StoreError.failed(message: message)
        default: error
        }
    }
}
