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
public import ServiceLifecycle
import SlackImporter
public import WorkspaceServices

/// A workspace that is open: its database and files, the engine and the services over them, wired once.
///
/// Programs open one for the time of a closure; tests wire one over parts that they control.
public struct Workspace: Sendable {
    /// The store, files, clock, identities and passwords.
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

    /// Wires a workspace over parts that the caller opened, and closes.
    public init(_ environment: WorkspaceEnvironment, fetcher: any RemoteFileFetcher) {
        self.environment = environment
        workSignal = WorkSignal()
        engine = ImportEngine(environment, importers: Self.importers, fetcher: fetcher, workSignal: workSignal)
        signIn = SignInService(environment)
        accounts = AccountService(environment)
        roles = RoleService(environment)
        settings = SettingService(environment)
    }

    /// Opens a workspace, runs `body` and closes the workspace, also when `body` throws.
    ///
    /// Brings the tables up to date, and waits up to 30 seconds for a database server that is still starting.
    /// - Parameter body: receives the workspace, and announcements of work from other processes.
    /// - Throws: an error that `StartFailure` puts in words, when the workspace cannot be opened; what `body` throws.
    public static func withOpen<Result>(
        _ configuration: WorkspaceConfiguration, logger: Logger,
        body: (Workspace, _ announcements: AsyncStream<Void>) async throws -> Result
    ) async throws -> Result {
        // The workspace's files are for its owner only, wherever they lie.
        umask(0o077)
        try DataDirectory.prepare(configuration.dataDirectory)
        var opened = OpenedParts()
        do {
            // A worker writes one batch, claims the next and renews its leases, all at the same time; the rest is for
            // calls, and for what reads and fetches files.
            let database = try configuration.database.open(connections: 5 + 3 * max(1, configuration.workers))
            opened.add { await close(database, logger: logger) }
            let clock = SystemClock()
            let store = try await openStore(database, clock: clock, logger: logger)
            let passwords = try PasswordThreads(bulkThreads: configuration.hashingThreads)
            opened.add { await passwords.close() }
            let files = try await openFiles(at: configuration.dataDirectory + "/files", isShared: store.isShared)
            opened.add { await files.close() }
            let fetcher = try HTTPFileFetcher(resolver: SystemResolver(), clock: clock)
            opened.add { await fetcher.close() }
            let environment = WorkspaceEnvironment(
                store: store, files: files, clock: clock, identifiers: RandomIdentifiers(), passwords: passwords)
            let result = try await body(Workspace(environment, fetcher: fetcher), database.announcements())
            await opened.close()
            return result
        } catch {
            await opened.close()
            throw error
        }
    }

    /// Whatever works on imports and downloads in this process, and what looks after the workspace.
    ///
    /// - Parameters:
    ///   - workers: how many import workers.
    ///   - announcements: work that other processes announce.
    public func services(
        workers: Int, announcements: AsyncStream<Void>, logger: Logger
    ) -> [any Service] {
        (0..<workers).map { _ in ImportWorker(engine: engine, logger: logger) }
            + [
                FilePreparation(engine: engine, logger: logger), DownloadWorker(engine: engine, logger: logger),
                WorkRelay(announcements: announcements, workSignal: workSignal),
                Housekeeping(signIn: signIn, logger: logger),
            ]
    }

    /// Why the workspace cannot serve; nil if it can.
    func unreadiness() async -> String? {
        do {
            _ = try await engine.operations.current()
        } catch {
            return "The database cannot be read."
        }
        do throws(FileStoreError) {
            try await environment.files.requireWritable()
            return nil
        } catch {
            return "The directory of files cannot be written."
        }
    }

    /// Opens the store of files, and removes what a crash left of unfinished files.
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
    /// Everything acknowledged is committed, so an error, such as a full disk, is logged and does not fail the process.
    static func close(_ database: any SQLDatabase, logger: Logger) async {
        do {
            try await database.close()
        } catch {
            logger.error(
                "The database's log could not be moved into its file; the next start does it. Nothing is lost.",
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

/// What was opened, to be closed in the opposite order.
private struct OpenedParts {
    private var closings: [() async -> Void] = []

    mutating func add(_ closing: @escaping () async -> Void) { closings.append(closing) }

    mutating func close() async {
        while let closing = closings.popLast() { await closing() }
    }
}
