import CSVImporter
import DirectoryFileStore
import Foundation
public import ImportDomain
public import ImportEngine
public import Logging
import Passwords
import RemoteFiles
import SQL
import SQLStore
import SQLiteDriver
public import ServiceLifecycle
import SlackImporter
public import WorkspaceServices

/// An open workspace: its database and files, the engine and the services.
///
/// Programs open one for a closure; tests build one over their own parts.
public struct Workspace: Sendable {
    /// The store, files, clock, ids and passwords.
    public let environment: WorkspaceEnvironment
    /// Imports.
    public let engine: ImportEngine
    /// Sign-in.
    public let signIn: SignInService
    /// Accounts.
    public let accounts: AccountService
    /// Roles and permissions.
    public let roles: RoleService
    /// Settings.
    public let settings: SettingService
    /// Wakes the workers of this process.
    public let workSignal: WorkSignal

    /// Every importer of this program, in the order in which clients see them.
    private static let importers: [any Importer] = [
        CSVImporter(), SlackImporter(), SlackUsersImporter(), OmnichannelContactImporter(),
    ]

    /// Builds a workspace over parts that the caller opens and closes.
    public init(_ environment: WorkspaceEnvironment, fetcher: any RemoteFileFetcher) {
        self.environment = environment
        workSignal = WorkSignal()
        engine = ImportEngine(environment, importers: Self.importers, fetcher: fetcher, workSignal: workSignal)
        signIn = SignInService(environment)
        accounts = AccountService(environment)
        roles = RoleService(environment)
        settings = SettingService(environment)
    }

    /// Opens a workspace, runs `body` and closes the workspace, also if `body` throws.
    ///
    /// Migrates the tables, and waits up to 30 seconds for a database server that is still starting.
    /// - Parameter body: receives the workspace, and notifications of work from other processes.
    /// - Throws: an error that `StartFailure` explains, if the workspace cannot be opened; errors of `body`.
    public static func withOpen<Result>(
        _ configuration: WorkspaceConfiguration, logger: Logger,
        body: (Workspace, _ announcements: AsyncStream<Void>) async throws -> Result
    ) async throws -> Result {
        // Files are readable by their owner only.
        umask(0o077)
        try DataDirectory.prepare(configuration.dataDirectory)
        var opened = OpenedParts()
        do {
            // A worker writes one batch, claims the next and renews its leases at the same time; the rest is for calls,
            // reading and fetching.
            let database = try configuration.database.open(connections: 5 + 3 * max(1, configuration.workers))
            opened.add { await close(database, logger: logger) }
            let clock = SystemClock()
            let store = try await openStore(database, clock: clock, logger: logger)
            let passwords = try PasswordThreads(bulkThreads: configuration.hashingThreads)
            opened.add { await passwords.close() }
            let files = try await openFiles(at: configuration.dataDirectory + "/files", isShared: store.isShared)
            opened.add { await files.close() }
            await SQLiteScratchDatabase.removeLeftovers(in: configuration.dataDirectory)
            let fetcher = try HTTPFileFetcher(resolver: SystemResolver(), clock: clock)
            opened.add { await fetcher.close() }
            let environment = WorkspaceEnvironment(
                store: store, files: files, clock: clock, identifiers: RandomIdentifiers(), passwords: passwords
            ) { [directory = configuration.dataDirectory] in
                try await ScratchStore.open(SQLiteScratchDatabase.open(in: directory), clock: clock)
            }
            let result = try await body(Workspace(environment, fetcher: fetcher), database.announcements())
            await opened.close()
            return result
        } catch {
            await opened.close()
            throw error
        }
    }

    /// The services of imports, downloads and housekeeping in this process.
    ///
    /// - Parameters:
    ///   - workers: how many import workers.
    ///   - announcements: notifications of work from other processes.
    public func services(
        workers: Int, announcements: AsyncStream<Void>, logger: Logger
    ) -> [any Service] {
        (0..<workers).map { _ in ImportWorker(engine: engine, logger: logger) }
            + [
                FilePreparation(engine: engine, returnFreedMemory: ProcessMemory.returnFreed, logger: logger),
                DownloadWorker(engine: engine, logger: logger),
                WorkRelay(announcements: announcements, workSignal: workSignal),
                Housekeeping(signIn: signIn, logger: logger),
            ]
    }

    /// Why the workspace is not ready; nil if it is.
    func unreadiness() async -> String? {
        do {
            _ = try await engine.operations.current()
        } catch {
            return "The database is not readable."
        }
        do throws(FileStoreError) {
            try await environment.files.requireWritable()
            return nil
        } catch {
            return "The file directory is not writable."
        }
    }

    /// Opens the store of files and removes incomplete files of crashes.
    ///
    /// - Parameter isShared: whether other processes may be writing files now.
    static func openFiles(at root: String, isShared: Bool) async throws -> DirectoryFileStore {
        for directory in [root] + DirectoryFileStore.directories(at: root) { try DataDirectory.prepare(directory) }
        let files = try await DirectoryFileStore(at: root)
        try await files.removeLeftovers(olderThan: isShared ? .seconds(24 * 3_600) : .zero)
        return files
    }

    /// Closes a database at the end of the process.
    ///
    /// Acknowledged calls are committed, so an error, such as a full disk, is logged and does not fail the process.
    static func close(_ database: any SQLDatabase, logger: Logger) async {
        do {
            try await database.close()
        } catch {
            logger.error(
                "The WAL could not be checkpointed; the next start does it. Nothing is lost.",
                metadata: ["reason": "\(StartFailure.sentence(for: error))"])
        }
    }

    private static func openStore(
        _ database: any SQLDatabase, clock: SystemClock, logger: Logger
    ) async throws -> WorkspaceStore {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do {
                return try await WorkspaceStore.open(database, clock: clock)
            } catch StoreError.unavailable(let message)
                where database.dialect.isShared && ContinuousClock.now < deadline
            {
                logger.warning("Waiting for the database.", metadata: ["reason": "\(message)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}

/// The opened parts, to be closed in reverse order.
private struct OpenedParts {
    private var closings: [() async -> Void] = []

    mutating func add(_ closing: @escaping () async -> Void) { closings.append(closing) }

    mutating func close() async {
        while let closing = closings.popLast() { await closing() }
    }
}
