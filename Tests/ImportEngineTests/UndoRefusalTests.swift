import ImportDomain
import ImportFixtures
import Testing

@testable import ImportEngine

@Suite("Given imports that cannot be undone now", .onEveryStore)
struct UndoRefusalTests {
    private static func expectBoth(
        _ reason: ImportRejection.Reason, _ workspace: TestWorkspace, _ id: OperationID? = nil
    ) async {
        await expectRejection(reason) { _ = try await workspace.engine.undos.request(id, by: UserID("nobody")) }
        await expectRejection(reason) { _ = try await workspace.engine.undos.preview(id) }
    }

    @Test func `when there is none, or an unknown one is named, then the call is rejected`() async throws {
        try await TestWorkspace.with { workspace in
            await Self.expectBoth(.operationNotFound, workspace)
            try await workspace.importing([StagedUser("ann")])
            await Self.expectBoth(.operationUnknown(OperationID("none")), workspace, OperationID("none"))
        }
    }

    @Test func `when it has not ended, then the call is rejected`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ann")])
            await Self.expectBoth(.invalidOperationStatus, workspace)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            await Self.expectBoth(.invalidOperationStatus, workspace)
            _ = try await workspace.engine.controls.pause()
            await Self.expectBoth(.invalidOperationStatus, workspace)
        }
    }

    @Test func `when another import runs or is being undone, then the call is rejected, and no import starts`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let first = try await workspace.importing([StagedUser("ann")])
            let second = try await workspace.importing([StagedUser("bob")])
            try await workspace.stage([StagedUser("cat")])

            // Staged records are no obstacle.
            let preview = try await workspace.engine.undos.preview(first.id)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            await Self.expectBoth(.anotherImportActive, workspace, first.id)
            try await workspace.finish()
            try await workspace.stage([StagedUser("dan")])
            _ = try await workspace.engine.undos.request(first.id, by: UserID("nobody"))
            await Self.expectBoth(.anotherImportActive, workspace, second.id)
            await expectRejection(.anotherImportActive) {
                try await workspace.engine.operations.run(by: UserID("nobody"))
            }
            await expectRejection(.invalidOperationStatus) { _ = try await workspace.engine.controls.cancel() }
            // The call again is no new undo.
            let again = try await workspace.engine.undos.request(first.id, by: UserID("other"))
            try await workspace.finish()
            try await workspace.runToTheEnd()

            #expect(preview.counts.removed == [.user: 1])
            #expect(again.undo?.requestedBy == UserID("nobody"))
            #expect(try await workspace.user("ann") == nil)
            #expect(try await workspace.user("bob") != nil)
            #expect(try await workspace.user("dan") != nil)
        }
    }

    @Test func `when a cancelled import with failed and pending records is undone, then those stay staged`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let users = StagedUser.crowd(300, password: "secret") + [StagedUser("person7", importIDs: ["x"])]
            try await workspace.stage(users)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let worker = workspace.worker()
            while try await workspace.current().totalCounts.completed == 0 { _ = try await worker.step() }
            _ = try await workspace.engine.controls.cancel()
            try await workspace.finish(worker)
            let canceled = try await workspace.current()

            let report = try await UndoTests.undo(nil, in: workspace)

            let undone = try await workspace.current()
            #expect(report.counts.removed[.user] == canceled.totalCounts.created)
            #expect(undone.counts == canceled.counts)
            #expect(
                try await workspace.store.read { try $0.staging.recordCount(of: undone.id) }
                    == canceled.totalCounts.pending + canceled.totalCounts.error)
        }
    }
}
