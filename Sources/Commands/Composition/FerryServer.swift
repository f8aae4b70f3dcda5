import Foundation
import Hummingbird
import ImportServer
public import Logging
import Metrics
import PrometheusMetrics
import ServiceLifecycle
import UnixSignals
import WorkspaceServices

/// A server, built from its configuration.
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

    /// Serves until SIGTERM or SIGINT; then finishes work in progress.
    ///
    /// - Parameter onReady: receives the greeting once the server is ready.
    /// - Throws: an error that `StartFailure` explains, if the workspace cannot be opened, the server cannot listen, or
    ///   a service fails.
    public func run(onReady: @escaping @Sendable (Greeting) -> Void) async throws {
        let watchdog = ShutdownWatchdog(limit: .seconds(25))
        defer { withExtendedLifetime(watchdog) {} }
        // libarchive converts the date of each archive entry to local time, for which glibc would check the time zone
        // file each time.
        setenv("TZ", "UTC0", 1)
        let openFiles = OpenFileLimit.raise()
        let registry = Self.metrics()
        MetricsSystem.bootstrap(registry)
        try await Workspace.withOpen(configuration.workspace, logger: logger) { workspace, announcements in
            try await serve(
                workspace, announcements: announcements, registry: registry, openFiles: openFiles, onReady: onReady)
        }
    }

    private func serve(
        _ workspace: Workspace, announcements: AsyncStream<Void>, registry: PrometheusRegistry, openFiles: Int,
        onReady: @escaping @Sendable (Greeting) -> Void
    ) async throws {
        let outcome = try await Bootstrap(workspace.environment).run(administrator: configuration.administrator)
        let site = ServerServices.Site(rootURL: configuration.rootURL ?? "", version: Self.version)
        let limits = ConnectionLimits(openFiles: openFiles)
        let services = ServerServices(
            engine: workspace.engine, signIn: workspace.signIn, accounts: workspace.accounts, roles: workspace.roles,
            settings: workspace.settings, environment: workspace.environment, site: site,
            readiness: { await workspace.unreadiness() }, metrics: { registry.render() },
            proxies: configuration.proxies,
            // The other half is for calls.
            listeners: min(512, limits.connections / 2))
        let host = configuration.host
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
        let running =
            workspace.services(workers: configuration.workspace.workers, announcements: announcements, logger: logger)
            + [Listener(application: application, host: host, port: configuration.port)]
            // The first that stops: the server waits for responses in progress.
            + [services.progress]
        var group = ServiceGroupConfiguration(
            services: running.map { GuardedService($0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: group).run()
    }

    private static func metrics() -> PrometheusRegistry {
        let registry = PrometheusRegistry(process: ProcessMetrics())
        registry.describe("ferry_records_total", "Records processed by imports, by type and outcome.")
        registry.describe("ferry_batch_write_seconds", "How long a batch of records held the writer.")
        registry.describe("ferry_http_requests_total", "Handled requests, by method, route and status.")
        registry.describe("ferry_http_request_seconds", "How long requests took, by route.")
        return registry
    }
}
