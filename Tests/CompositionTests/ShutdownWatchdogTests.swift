import Foundation
import Logging
import ServiceLifecycle
import Testing
import UnixSignals

@testable import Composition

@Suite("Given a process with a service that hangs", .timeLimit(.minutes(2)))
struct ShutdownWatchdogTests {
    /// Blocks its thread, ignoring signals.
    ///
    /// The process finally ends with another status, so that the test of a broken watchdog fails.
    private static func hang() -> Never {
        Thread.sleep(forTimeInterval: 30)
        exit(1)
    }

    private struct Hanging: Service {
        let signal: Int32?

        func run() async throws {
            if let signal { kill(getpid(), signal) }
            ShutdownWatchdogTests.hang()
        }
    }

    private struct Failing: Service {
        func run() async throws { throw StartError(description: "The port is gone.") }
    }

    private static func run(_ services: [any Service]) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }

    /// The standard error of an ended process.
    private static func errors(of result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test func `when it gets SIGTERM, then it ends with status 4 and says that work is done again`() async throws {
        let result = await #expect(processExitsWith: .exitCode(4), observing: [\.standardErrorContent]) {
            let watchdog = ShutdownWatchdog(limit: .seconds(1))
            try await Self.run([Hanging(signal: SIGTERM)])
            withExtendedLifetime(watchdog) {}
        }

        #expect(Self.errors(of: result).contains("did not end within 1 s"))
    }

    @Test func `when it gets SIGINT, then it ends with status 4`() async throws {
        await #expect(processExitsWith: .exitCode(4)) {
            let watchdog = ShutdownWatchdog(limit: .seconds(1))
            try await Self.run([Hanging(signal: SIGINT)])
            withExtendedLifetime(watchdog) {}
        }
    }

    @Test func `when another service fails, then it ends with status 4 and the failure's sentence`() async throws {
        let result = await #expect(processExitsWith: .exitCode(4), observing: [\.standardErrorContent]) {
            try await Self.run([
                GuardedService(Hanging(signal: nil)), GuardedService(Failing(), patience: .milliseconds(200)),
            ])
        }

        #expect(Self.errors(of: result) == "ferry: The port is gone.\n")
    }
}
