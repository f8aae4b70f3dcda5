import BoundedQueue
import ImportDomain
import ImportFixtures
import Synchronization
import Testing

@testable import ImportEngine

@Suite("Given a reader that reports its progress")
struct FileProgressTests {
    @Test func `when it reports often, then progress is put every second and at the end`() async throws {
        let reports = try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            let intake = Intake(
                from: .request(operation.id), in: workspace.engine.environment, queue: PreparationQueue())
            let clock = TestClock()
            let queue = BoundedQueue<StagingOutput.Chunk>(capacity: 3)
            let progress = Mutex<[FileProgress]>([])
            try await PreparationQueue().produce(into: queue) {
                let output = StagingOutput(to: intake, through: queue, clock: clock, defaultRoles: [])
                for bytes in 0..<1_000 {
                    try output.report(entry: "a.json", bytes: Int64(bytes), of: 1_000)
                    clock.advance(by: .milliseconds(10))
                }
                try output.report(entry: nil, bytes: 1_000, of: 1_000)
                try output.finish()
            } consuming: { chunk in
                if case .progress(_, let reported?) = chunk { progress.withLock { $0.append(reported) } }
            }
            return progress.withLock { $0 }
        }

        #expect((10...12).contains(reports.count))
        #expect(reports.last == FileProgress(bytesRead: 1_000, bytesTotal: 1_000))
        #expect(reports.map(\.bytesRead) == reports.map(\.bytesRead).sorted())
    }
}
