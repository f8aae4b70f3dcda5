import ImportDomain
import ImportFixtures
import Synchronization
import Testing

@testable import ImportEngine

@Suite("Given a reader that reports its progress")
struct FileProgressTests {
    @Test func `when it reports often, then progress is handed over every second and at the end`() async throws {
        let clock = TestClock()
        let handOver = HandOver<StagingPiece>()
        let progress = Mutex<[FileProgress]>([])

        try await handOver.run(on: PreparationQueue()) {
            let output = StagingOutput(handOver: handOver, clock: clock, defaultRoles: [])
            for bytes in 0..<1_000 {
                try output.report(entry: "a.json", bytes: Int64(bytes), of: 1_000)
                clock.advance(by: .milliseconds(10))
            }
            try output.report(entry: nil, bytes: 1_000, of: 1_000)
            try output.finish()
        } taking: { piece in
            if case .progress(_, let reported?) = piece { progress.withLock { $0.append(reported) } }
        }

        let reported = progress.withLock { $0 }
        #expect((10...12).contains(reported.count))
        #expect(reported.last == FileProgress(bytesRead: 1_000, bytesTotal: 1_000))
        #expect(reported.map(\.bytesRead) == reported.map(\.bytesRead).sorted())
    }
}
