import CMalloc
import CSVImporter
import DirectoryFileStore
import Foundation
import Hummingbird
import ImportDomain
import ImportEngine
import ImportServer
public import Logging
import Metrics
import Passwords
import PostgreSQLDriver
import PrometheusMetrics
import RemoteFiles
import SQL
import SQLStore
import SQLiteDriver
import ServiceLifecycle
import SlackImporter
import UnixSignals
import WorkspaceServices

/// A whole server, put together from its configuration.
public struct FerryServer {
    /// Ferry's version.
    public static let version = "0.1.0"

    private let configuration: ServerConfiguration
    private let logger: Logger

    /// A server that is not started.
    public init(configuration: ServerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until the process gets SIGTERM or SIGINT; then finishes what is in hand.
    ///
    /// - Parameter onReady: receives what to tell whoever started the server, once it answers.
    /// - Throws: an error that `StartFailure` puts in words, when the workspace cannot be opened, the address cannot be
    ///   listened on, or a service fails.
    public func run(onReady: @escaping @Sendable (Greeting) -> Void) async throws {
        let watchdog = ShutdownWatchdog(limit: .seconds(25))
        defer { withExtendedLifetime(watchdog) {} }
        // Batches are built on one thread and freed on another; with an arena for each thread, as glibc has it, the
        // memory of several batches would be kept.
        _ = mallopt(M_ARENA_MAX, 2)
        // For each entry of an archive, libarchive makes a local time of its date, for which glibc would look the time
        // zone's file up each time.
        setenv("TZ", "UTC0", 1)
        let openFiles = OpenFileLimit.raise()
        let registry = Self.metrics()
        MetricsSystem.bootstrap(registry)
        let database = try openDatabase()
        let clock = SystemClock()
        let store = try await open(database, clock: clock)
        let passwords = try PasswordThreads(bulkThreads: configuration.hashingThreads)
        let files = try await Self.openFiles(
            at: configuration.dataDirectory + "/files", isShared: store.isShared)
        let fetcher = try HTTPFileFetcher(resolver: SystemResolver(), clock: clock)
        do {
            try await serve(
                store: store, files: files, fetcher: fetcher, announcements: database.announcements(), clock: clock,
                passwords: passwords, registry: registry, openFiles: openFiles, onReady: onReady)
        } catch {
            await fetcher.close()
            await files.close()
            await passwords.close()
            await database.closeForGood(logger)
            throw error
        }
        await fetcher.close()
        await files.close()
        await passwords.close()
        await database.closeForGood(logger)
    }

    /// Every importer that this program has, in the order in which clients see them.
    private static let importers: [any Importer] = [
        CSVImporter(), SlackImporter(), SlackUsersImporter(), OmnichannelContactImporter(),
    ]

    private func serve(
        store: WorkspaceStore, files: DirectoryFileStore, fetcher: HTTPFileFetcher,
        announcements: AsyncStream<Void>, clock: SystemClock, passwords: PasswordThreads,
        registry: PrometheusRegistry, openFiles: Int,
        onReady: @escaping @Sendable (Greeting) -> Void
    ) async throws {
        let environment = WorkspaceEnvironment(
            store: store, files: files, clock: clock, identifiers: RandomIdentifiers(), passwords: passwords)
        let outcome = try await Bootstrap(environment).run(administrator: configuration.administrator)
        let workSignal = WorkSignal()
        let engine = ImportEngine(
            environment, importers: Self.importers, fetcher: fetcher, workSignal: workSignal)
        let signIn = SignInService(environment)
        let site = ServerServices.Site(rootURL: configuration.rootURL ?? "", version: Self.version)
        let services = ServerServices(
            engine: engine, signIn: signIn,
            accounts: AccountService(environment), roles: RoleService(environment),
            settings: SettingService(environment), environment: environment,
            site: site,
            readiness: {
                do {
                    _ = try await engine.currentOperation()
                } catch {
                    return "The database cannot be read."
                }
                do throws(FileStoreError) {
                    try await files.requireWritable()
                    return nil
                } catch {
                    return "The directory of files cannot be written."
                }
            },
            metrics: { registry.render() }, proxies: configuration.proxies)

        let host = configuration.host
        let limits = ConnectionLimits(openFiles: openFiles)
        let application = Application(
            router: ServerRouter(services: services).router(), server: .bounded(by: limits),
            configuration: .init(
                address: .hostname(host, port: configuration.port), serverName: "Ferry",
                availableConnectionsDelegate: .maximum(limits.acceptedConnections, logger: logger)),
            onServerRunning: { [configuration] channel in
                let greeting = Greeting(host: host, port: channel.localAddress?.port ?? 0, outcome: outcome)
                if configuration.rootURL == nil { site.move(to: greeting.url) }
                onReady(greeting)
            }, logger: logger)
        let workers = (0..<configuration.workers).map { _ in ImportWorker(engine: engine, logger: logger) }
        let running: [any Service] =
            workers + [
                FilePreparation(engine: engine, logger: logger),
                DownloadWorker(engine: engine, logger: logger),
                WorkRelay(announcements: announcements, workSignal: workSignal),
                Housekeeping(signIn: signIn, logger: logger),
                Listener(application: application, host: host, port: configuration.port),
            ]
        var group = ServiceGroupConfiguration(
            services: running.map { GuardedService($0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: group).run()
    }

    private static func metrics() -> PrometheusRegistry {
        let registry = PrometheusRegistry(process: ProcessMetrics())
        registry.describe("ferry_records_total", "Records that an import has dealt with, by type and outcome.")
        registry.describe("ferry_batch_write_seconds", "How long a batch of records held the writer.")
        registry.describe("ferry_http_requests_total", "Answered requests, by method, route and status.")
        registry.describe("ferry_http_request_seconds", "How long requests took, by route.")
        return registry
    }

    private func openDatabase() throws -> any SQLDatabase {
        // The workspace's files are for its owner only, wherever they lie.
        umask(0o077)
        try DataDirectory.prepare(configuration.dataDirectory)
        switch configuration.database {
        case .sqlite(let path): return try SQLiteDatabase(path: path)
        case .postgreSQL(let url):
            // A worker writes one batch, claims the next and prolongs its leases, all at the same time; the rest is for
            // calls, and for what reads and fetches files.
            return PostgreSQLDatabase(url: url, connections: 5 + 3 * max(1, configuration.workers))
        }
    }

    /// Opens the store of files, and removes what a crash left of files that were on their way.
    ///
    /// - Parameter isShared: whether other processes may have files on their way now.
    static func openFiles(at root: String, isShared: Bool) async throws -> DirectoryFileStore {
        for directory in [root] + DirectoryFileStore.directories(at: root) { try DataDirectory.prepare(directory) }
        let files = try await DirectoryFileStore(at: root)
        try await files.removeLeftovers(olderThan: isShared ? .seconds(24 * 3_600) : .zero)
        return files
    }

    /// Opens the store; a server that is just starting up as well is waited for.
    private func open(_ database: any SQLDatabase, clock: SystemClock) async throws -> WorkspaceStore {
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
