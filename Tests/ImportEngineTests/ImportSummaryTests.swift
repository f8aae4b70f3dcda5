import ImportDomain
import Testing

@testable import ImportEngine

@Suite("Given an import that has ended")
struct ImportSummaryTests {
    @Test func `when it is logged, then its numbers and its duration are in one sentence`() {
        let operation = ImportOperation(
            id: OperationID("o"), importerKey: .api, createdAt: Timestamp(milliseconds: 0), createdBy: UserID("u"),
            lifecycle: ImportLifecycle(.ended(.done)), updatedAt: Timestamp(milliseconds: 1_310),
            startedAt: Timestamp(milliseconds: 1_000),
            counts: [.user: ImportCounts(total: 5_003, completed: 5_001, error: 2, unchanged: 1)])

        #expect("\(ImportSummary(operation))" == "Import finished: 5,000 created, 1 unchanged, 2 failed in 0.3 s.")
    }
}
