import ImportEngine
import ImportFixtures
import Logging
import ServiceLifecycle
import Testing

@testable import Composition

@Suite("Given a service of the server", .timeLimit(.minutes(10)))
struct ServiceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func services(_ workspace: TestWorkspace) -> [any Service] {
        [
            ImportWorker(engine: workspace.engine, logger: logger),
            FilePreparation(engine: workspace.engine, logger: logger),
            DownloadWorker(engine: workspace.engine, logger: logger),
            WorkRelay(announcements: AsyncStream { _ in }, workSignal: workspace.workSignal),
            WorkRelay(announcements: AsyncStream { $0.finish() }, workSignal: workspace.workSignal),
            Housekeeping(signIn: workspace.signIn, logger: logger),
        ]
    }

    @Test(arguments: 0..<6) func `when its task is cancelled, then it returns`(index: Int) async throws {
        try await TestWorkspace.with(.sqlite) { workspace in
            let service = Self.services(workspace)[index]
            let task = Task { try await service.run() }
            try await Task.sleep(for: .milliseconds(50))

            task.cancel()
            _ = await task.result
        }
    }

    @Test func `when another fails, then all end and the failure is reported`() async throws {
        struct Failing: Service {
            func run() async throws { throw StartError(description: "It fails.") }
        }
        try await TestWorkspace.with(.sqlite) { workspace in
            let services = Self.services(workspace) + [Failing()]
            let group = ServiceGroup(configuration: .init(services: services, logger: Self.logger))

            await #expect(throws: StartError.self) { try await group.run() }
        }
    }
}
