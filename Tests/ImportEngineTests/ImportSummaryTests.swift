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
            counts: [
                .user: ImportCounts(total: 5_003, completed: 5_001, error: 2, unchanged: 1),
                .room: ImportCounts(total: 7, completed: 2, skipped: 1, updated: 2),
            ])

        #expect(
            "\(ImportSummary(operation))"
                == "Import finished after 0.3 s. users: 5,000 created, 1 unchanged, 2 failed; "
                + "rooms: 2 updated, 1 skipped, 4 pending.")
    }
}
