package import ImportDomain
package import ImportEngine
import Synchronization
package import WorkspaceServices

/// The services that routes call.
package struct ServerServices: Sendable {
    let engine: ImportEngine
    let signIn: SignInService
    let accounts: AccountService
    let personalTokens: PersonalTokenService
    let roles: RoleService
    let settings: SettingService
    let rooms: RoomService
    let messages: MessageService
    let files: FileService
    let environment: WorkspaceEnvironment
    let site: Site
    let readiness: @Sendable () async -> String?
    let metrics: @Sendable () async -> String
    /// How many proxies there are between clients and the server.
    let proxies: Int
    /// How long `getImportFileData` waits for a file that it began to read before it reports that it is being read.
    let previewPatience: Duration
    /// How long a public call waits for the lookup of its caller.
    let lookupPatience: Duration
    /// The bytes that large responses hold at the same time.
    let responseMemory: ResponseMemory

    /// Reports progress to the listeners of `import.events`.
    package let progress: ProgressFeed
    /// Checks the sessions of these listeners.
    let sessions: SessionChecks

    /// The server's version and root URL.
    package final class Site: Sendable {
        /// Ferry's version.
        package let version: String
        private let url: Mutex<String>

        /// A site.
        ///
        /// - Parameter rootURL: the URL at which clients reach the server, without a trailing slash.
        package init(rootURL: String, version: String) {
            url = Mutex(rootURL)
            self.version = version
        }

        /// The URL at which clients reach the server.
        package var rootURL: String { url.withLock { $0 } }

        /// Sets the root URL once the port is known.
        package func move(to rootURL: String) { url.withLock { $0 = rootURL } }
    }

    /// Services for the routes.
    ///
    /// - Parameters:
    ///   - readiness: nil when calls can be served, else what is missing.
    ///   - metrics: the metrics in Prometheus' text format.
    ///   - proxies: how many proxies there are between clients and the server, each of which adds to `X-Forwarded-For`.
    ///   - previewPatience: how long `getImportFileData` waits for a file that it began to read before it reports that
    ///     it is being read.
    ///   - lookupPatience: how long a public call waits for the lookup of its caller.
    ///   - responseBytes: the most bytes that large responses hold at the same time.
    ///   - responsePatience: how long a large response waits for others before it is rejected.
    ///   - listeners: the maximum number of listeners of `import.events`.
    ///   - progressTiming: how often they hear of what.
    package init(
        engine: ImportEngine, signIn: SignInService, accounts: AccountService, roles: RoleService,
        settings: SettingService, environment: WorkspaceEnvironment, site: Site,
        readiness: @escaping @Sendable () async -> String?, metrics: @escaping @Sendable () async -> String,
        proxies: Int = 0, previewPatience: Duration = .milliseconds(1500),
        lookupPatience: Duration = .milliseconds(250),
        responseBytes: Int = 256 << 20, responsePatience: Duration = .seconds(10),
        listeners: Int = 512, progressTiming: ProgressFeed.Timing = ProgressFeed.Timing()
    ) {
        self.engine = engine
        self.signIn = signIn
        self.accounts = accounts
        self.roles = roles
        self.settings = settings
        personalTokens = PersonalTokenService(environment)
        rooms = RoomService(environment)
        messages = MessageService(environment)
        files = FileService(environment)
        self.environment = environment
        self.site = site
        self.readiness = readiness
        self.metrics = metrics
        self.proxies = proxies
        self.previewPatience = previewPatience
        self.lookupPatience = lookupPatience
        progress = ProgressFeed(engine: engine, limit: listeners, timing: progressTiming)
        // Reports that are repeated for the check find a new result.
        sessions = SessionChecks(signIn, interval: progressTiming.repetition * 4 / 5)
        responseMemory = ResponseMemory(capacityBytes: responseBytes, patience: responsePatience)
    }
}
