import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ImportDomain
import ImportEngine
import ImportFixtures
import ImportServer
import Logging
import Synchronization
import Testing
import WorkspaceServices

/// A database server that is down; it counts requests.
private final class StoreOutOfReach: Store {
    private let state = Mutex(0)
    /// Whether requests hang until their task is cancelled.
    private let isSilent: Bool

    let isShared = true

    init(isSilent: Bool = false) { self.isSilent = isSilent }

    var questions: Int { state.withLock { $0 } }

    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result { try await refuse() }

    func write<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result { try await refuse() }

    func userRows(by number: ImportNumber?) -> any UserRows { NoUserRows() }
    func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows { MessageRows([Int]()) }
    func endStalledTransactions(olderThan age: Duration) async throws {}
    func analyze() async throws {}

    private func refuse<Result>() async throws -> Result {
        state.withLock { $0 += 1 }
        if isSilent { try await Task.sleep(for: .seconds(3_600)) }
        throw StoreError.unavailable(message: "The server is down.")
    }
}

/// Keeps no accounts.
private struct NoUserRows: UserRows {
    func append(_ user: User) {}
    func finish() {}
    func selecting(_ isSelected: (Int) -> Bool, names: [Int: AccountName]) -> any UserRows { self }
}

/// Fetches nothing.
struct Offline: RemoteFileFetcher {
    func fetch(_ request: RemoteFileRequest, to path: String) async throws(RemoteFileError) -> RemoteFile {
        throw RemoteFileError(.cancelled, message: "Nothing is fetched.", isPermanent: true)
    }

    func check(_ url: String, allowlist: [String]) async throws(RemoteFileError) {}
}

@Suite("Given a database that is out of reach")
struct DatabaseOutageTests {
    private static let credentials: HTTPFields = {
        var fields = HTTPFields()
        for name in ["X-User-Id", "X-Auth-Token"] {
            if let name = HTTPField.Name(name) { fields[name] = "someone" }
        }
        return fields
    }()

    /// The response of a call, and its number of database requests.
    private static func call(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], isSilent: Bool = false
    ) async throws -> (status: Int, questions: Int) {
        try await TestWorkspace.with(.sqlite) { workspace in
            let store = StoreOutOfReach(isSilent: isSilent)
            let environment = WorkspaceEnvironment(
                store: store, files: workspace.environment.files, clock: workspace.clock,
                identifiers: workspace.identifiers, passwords: workspace.passwords,
                openScratch: workspace.environment.openScratch)
            let services = ServerServices(
                engine: ImportEngine(
                    environment, importers: [], fetcher: Offline(), workSignal: WorkSignal()),
                signIn: SignInService(environment), accounts: AccountService(environment),
                roles: RoleService(environment), settings: SettingService(environment), environment: environment,
                site: .init(rootURL: "http://ferry.test", version: "1.2.3"),
                readiness: { "The database is not readable." }, metrics: { "ferry_up 1\n" },
                lookupPatience: .milliseconds(1))
            let application = Application(
                responder: ServerRouter(services: services).router().buildResponder(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            return try await application.test(.router) { client in
                let answer = try await TestServer.call(method, path, headers: headers, of: client)
                return (answer.status, store.questions)
            }
        }
    }

    @Test(arguments: [
        ("GET", "/health", 200), ("GET", "/metrics", 200), ("GET", "/", 307), ("GET", "/admin/import", 200),
        ("GET", "/api/openapi.json", 200),
        ("GET", "/api/openapi-3.0.json", 200), ("GET", "/api/info", 200), ("GET", "/api/v1/info", 200),
        ("GET", "/ready", 503), ("HEAD", "/health", 200), ("OPTIONS", "/api/v1/me", 200), ("GET", "/nowhere", 404),
        ("DELETE", "/api/v1/me", 405), ("GET", "/api/v1/me", 401), ("POST", "/api/v1/import.new", 401),
        ("GET", "/file-upload/a/b", 401),
    ])
    func `when a call needs no database, then it responds as ever and asks for nothing`(
        method: String, path: String, status: Int
    ) async throws {
        let result = try await Self.call(try #require(HTTPRequest.Method(method)), path)

        #expect(result.status == status)
        #expect(result.questions == 0)
    }

    @Test(arguments: ["/health", "/metrics", "/admin/import", "/api/openapi.json"])
    func `when the call has credentials all the same, then nobody looks at them`(path: String) async throws {
        let result = try await Self.call(.get, path, headers: Self.credentials)

        #expect(result.status == 200)
        #expect(result.questions == 0)
    }

    @Test func `when the version is asked for with credentials, then it is given as to anybody`() async throws {
        #expect(try await Self.call(.get, "/api/info", headers: Self.credentials).status == 200)
    }

    @Test(.timeLimit(.minutes(5)))
    func `when the database does not respond, then the version is given without waiting for it`() async throws {
        let result = try await Self.call(.get, "/api/info", headers: Self.credentials, isSilent: true)

        #expect(result.status == 200)
    }

    @Test(arguments: [("POST", "/api/v1/login"), ("GET", "/avatar/ada"), ("GET", "/api/v1/me")])
    func `when a call needs the database, then it is asked to come again`(method: String, path: String) async throws {
        let result = try await Self.call(
            try #require(HTTPRequest.Method(method)), path, headers: Self.credentials)

        #expect(result.status == 503)
        #expect(result.questions == 1)
    }
}
