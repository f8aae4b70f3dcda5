import HostileServers
import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import WorkspaceServices

@Suite("Given an export file that is fetched from an address", .onEveryStore)
struct FetchedFileTests {
    private static let people = "ada,ada@example.com,Ada\n"
    private static let broken = HostileServer.Answer.bytesAndClose(
        "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nada,")

    private static func with(
        _ answer: HostileServer.Answer, _ test: (TestWorkspace, HostileServer) async throws -> Void
    ) async throws {
        try await HostileServer.run(["/exports/users.csv?key=secret": answer]) { server in
            try await TestWorkspace.with { workspace in
                try await workspace.settings.set(.text("127.0.0.1"), of: Settings.privateHosts.id)
                try await workspace.engine.importFiles.fetch(
                    from: server.url + "/exports/users.csv?key=secret", importer: ImporterKey("csv"),
                    by: UserID("nobody"))
                try await test(workspace, server)
            }
        }
    }

    private static func preparation(
        of workspace: TestWorkspace, delays: [Duration], longest: Duration = .zero
    ) throws -> FilePreparation {
        var configuration = WorkerConfiguration()
        configuration.fetchRetryDelays = delays
        configuration.longestFetchDelay = longest
        configuration.heartbeatInterval = .milliseconds(10)
        return try workspace.filePreparation(configuration)
    }

    @Test(arguments: [
        broken, .close, .status("503 Busy"), .status("429 Slow", header: "Retry-After: 3600\r\n"),
        .bytesAndClose("nonsense\r\n\r\n"),
    ])
    func `when it fails temporarily, then it is fetched again from its beginning`(
        failure: HostileServer.Answer
    ) async throws {
        try await Self.with(.inTurn([failure, failure, .file(Self.people)])) { workspace, server in
            _ = try await Self.preparation(of: workspace, delays: [.zero, .milliseconds(1)]).step()

            #expect(try await workspace.current().phase == .received)
            #expect(server.requests.count == 3)
            #expect(server.requests.allSatisfy { !$0.contains("Range:") })
            _ = try await workspace.engine.importFiles.preview()
            while try await workspace.filePreparation().step() {}
            #expect(try await workspace.current().counts[.user]?.total == 1)
        }
    }

    @Test func `when it fails each time, then the operation fails with the reason, which shows the host only`()
        async throws
    {
        try await Self.with(Self.broken) { workspace, server in
            _ = try await Self.preparation(of: workspace, delays: [.zero, .zero]).step()

            let failed = try await workspace.current()
            #expect(failed.phase == .ended(.failed))
            #expect(failed.failure?.code == .downloadFailed)
            #expect(failed.failure?.message == "127.0.0.1 ended the connection before the end of the file.")
            #expect(server.requests.count == 3)
        }
    }

    @Test func `when it fails permanently, then it is not fetched again`() async throws {
        try await Self.with(.status("404 Not Found")) { workspace, server in
            _ = try await Self.preparation(of: workspace, delays: [.zero, .zero]).step()

            #expect(try await workspace.current().failure?.message == "127.0.0.1 returned status 404.")
            #expect(server.requests.count == 1)
        }
    }

    @Test func `when its host is not public, then the error has what it resolves to for the log, and the failure not`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let error = await #expect(throws: ImportError.self) {
                _ = try await workspace.engine.importFiles.fetch(
                    from: "http://2130706433/secret.zip", importer: ImporterKey("csv"), by: UserID("nobody"))
            }

            guard case .addressRefused(.addressRefused, let detail?)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(detail.contains("127.0.0.1"))
            let message = try #require(try await workspace.current().failure?.message)
            #expect(!message.contains("127.0.0.1") && !message.contains("secret"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `when the operation is cleared during a pause, then the worker stops waiting`() async throws {
        try await Self.with(Self.broken) { workspace, server in
            let preparation = try Self.preparation(of: workspace, delays: [.seconds(3_600)])
            let step = Task { try await preparation.step() }
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }

            try await workspace.engine.operations.clear()
            _ = try await step.value

            #expect(try await workspace.current().phase == .ended(.canceled))
            #expect(server.requests.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `when the process is stopped during a pause, then the worker stops, and the next one starts over`()
        async throws
    {
        try await Self.with(.inTurn([Self.broken, .file(Self.people)])) { workspace, server in
            let preparation = try Self.preparation(
                of: workspace, delays: [.zero, .seconds(3_600)], longest: .seconds(3_600))
            let slow = try Self.preparation(of: workspace, delays: [.seconds(3_600)])
            let step = Task { try await slow.step() }
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }

            step.cancel()
            _ = await step.result
            try await workspace.files.expireLeases()
            _ = try await preparation.step()

            #expect(try await workspace.current().phase == .received)
            #expect(server.requests.count == 2)
        }
    }
}
