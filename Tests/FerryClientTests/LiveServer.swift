import FerryClient
import Hummingbird
import HummingbirdTesting
import ImportEngine
import ImportFixtures
import Logging
import Synchronization

@testable import ImportServer

/// A real server on a loopback port of this process, with a worker, and a client that is signed in as an administrator.
struct LiveServer: Sendable {
    let workspace: TestWorkspace
    let url: String
    let client: FerryClient

    static func with(_ test: @Sendable @escaping (LiveServer) async throws -> Void) async throws {
        try await TestWorkspace.with { workspace in
            let services = ServerServices(
                engine: workspace.engine, signIn: workspace.signIn, accounts: workspace.accounts,
                roles: workspace.roles, settings: workspace.settings, environment: workspace.environment,
                site: .init(rootURL: "http://ferry.test", version: "1.2.3"), readiness: { nil },
                metrics: { "ferry_up 1\n" }, proxies: 0, previewPatience: .zero, lookupPatience: .seconds(600),
                listeners: 16)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let application = Application(
                responder: ServerRouter(services: services).router().buildResponder(),
                configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: logger)
            try await application.test(.live) { live in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { group.cancelAll() }
                    group.addTask { try await services.progress.run() }
                    group.addTask { try await ImportWorker(engine: workspace.engine, logger: logger).run() }
                    group.addTask { try await FilePreparation(engine: workspace.engine, logger: logger).run() }
                    let url = "http://127.0.0.1:\(live.port ?? 0)"
                    var client = try FerryClient(url)
                    try await client.signIn(with: .password(user: "admin", password: TestWorkspace.password))
                    try await test(LiveServer(workspace: workspace, url: url, client: client))
                }
            }
        }
    }
}
