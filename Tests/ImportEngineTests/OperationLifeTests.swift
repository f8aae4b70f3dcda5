import Glibc
import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given an operation", .onEveryStore)
struct OperationLifeTests {
    @Test func `when two are started at the same time, then only one of them is left`() async throws {
        try await TestWorkspace.with { workspace in
            for _ in 0..<10 {
                async let first = workspace.engine.operations.create(by: UserID("one"))
                async let second = workspace.engine.operations.create(by: UserID("two"))
                let ids = try await [first.id, second.id]

                let current = try await workspace.store.read { transaction in
                    try ids.filter { try transaction.operations.find(id: $0)?.lifecycle.isRetired == false }
                }
                #expect(current == [try await workspace.current().id])
            }
        }
    }

    @Test func `when workers hold it without a pause, then somebody who clears it still gets a turn`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.stage(StagedUser.crowd(1)).id
            let holders = Task {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<3 {
                        group.addTask {
                            while !Task.isCancelled {
                                try await workspace.store.write { transaction in
                                    _ = try transaction.operations.hold(id: operation)
                                    usleep(50_000)
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            try await Task.sleep(for: .milliseconds(100))

            try await workspace.engine.operations.clear()

            holders.cancel()
            // A waiting writer throws when it is cancelled.
            _ = await holders.result
            #expect(try await workspace.current().phase == .ended(.canceled))
        }
    }

    @Test func `when there never was one, then calls that need one are rejected`() async throws {
        try await TestWorkspace.with { workspace in
            await expectRejection(.operationNotInitialized) { try await workspace.add([StagedUser("ada")]) }
            await expectRejection(.operationNotFound) {
                try await workspace.engine.operations.run(by: UserID("nobody"))
            }
            await expectRejection(.operationNotFound) { _ = try await workspace.engine.operations.progress() }
            let current = try await workspace.engine.operations.current()
            #expect(current == nil)
        }
    }

    @Test func `when nothing is staged, then it cannot run`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.engine.operations.create(by: UserID("nobody"))

            await expectRejection(.invalidOperationStatus) {
                try await workspace.engine.operations.run(by: UserID("nobody"))
            }
        }
    }

    @Test func `when it runs, then it takes no users and cannot run again`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada")])
            try await workspace.engine.operations.run(by: UserID("nobody"))

            #expect(try await workspace.current().phase == .running(.starting))
            await expectRejection(.operationCannotReceiveRecords) {
                try await workspace.add([StagedUser("bob")])
            }
            await expectRejection(.invalidOperationStatus) {
                try await workspace.engine.operations.run(by: UserID("nobody"))
            }
        }
    }

    @Test func `when it is done, then it takes no users and cannot run again`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ada")])

            #expect(try await workspace.current().phase == .ended(.done))
            await expectRejection(.operationFinished) { try await workspace.add([StagedUser("bob")]) }
            await expectRejection(.invalidOperationStatus) {
                try await workspace.engine.operations.run(by: UserID("nobody"))
            }
        }
    }

    @Test func `when it runs, then it comes to the stages in their order`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada")])
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let worker = workspace.worker()

            var phases = [try await workspace.current().phase]
            while try await worker.step() {
                let phase = try await workspace.current().phase
                if phase != phases.last { phases.append(phase) }
            }

            #expect(
                phases == [
                    .running(.starting), .running(.users), .running(.contacts), .running(.rooms), .running(.messages),
                    .running(.finishing), .ended(.done),
                ])
        }
    }

    @Test func `when it is cleared before its end, then it is cancelled and its staged users are gone`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.stage(StagedUser.crowd(50))

            try await workspace.engine.operations.clear()

            let current = try await workspace.current()
            #expect(current.phase == .ended(.canceled))
            #expect(current.lifecycle.isRetired)
            #expect(try await workspace.store.read { try $0.staging.recordCount(of: operation.id) } == 0)
            await expectRejection(.operationNotInitialized) { try await workspace.add([StagedUser("x")]) }
        }
    }

    @Test func `when it is cleared after its end, then it stays done and its failures are gone`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ada"), StagedUser("ada", importIDs: ["2"])])

            try await workspace.engine.operations.clear()

            #expect(try await workspace.current().phase == .ended(.done))
            #expect(try await workspace.failures().isEmpty)
        }
    }

    @Test func `when nothing is there to clear, then clearing succeeds`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.engine.operations.clear()

            let current = try await workspace.engine.operations.current()
            #expect(current == nil)
        }
    }

    @Test func `when a new one begins, then the one before ends and the history keeps it`() async throws {
        try await TestWorkspace.with { workspace in
            let first = try await workspace.stage(StagedUser.crowd(5))
            workspace.clock.advance(by: .seconds(1))

            let second = try await workspace.engine.operations.create(by: UserID("nobody"))

            let latest = try await workspace.engine.operations.latest()
            #expect(Set(latest.map(\.id)) == [first.id, second.id])
            #expect(latest.first { $0.id == first.id }?.phase == .ended(.canceled))
            #expect(try await workspace.current().id == second.id)
            #expect(try await workspace.store.read { try $0.staging.recordCount(of: first.id) } == 0)
        }
    }

    @Test func `when a new one begins, then failures of the finished one before stay as its history`() async throws {
        try await TestWorkspace.with { workspace in
            let first = try await workspace.importing([StagedUser("ada"), StagedUser("ADA", importIDs: ["2"])])

            try await workspace.engine.operations.create(by: UserID("nobody"))

            let kept = try await workspace.store.read {
                try $0.staging.failures(of: first.id, matching: FailureFilter(), offset: 0, limit: 10)
            }
            #expect(kept.count == 1)
        }
    }

    @Test func `when it is cleared while it runs, then not one more user is imported`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(9_000))
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let worker = workspace.worker()
            while try await workspace.current().totalCounts.completed == 0 { _ = try await worker.step() }
            let imported = try await workspace.current().totalCounts.completed

            try await workspace.engine.operations.clear()
            try await workspace.finish(worker)

            let operation = try await workspace.current()
            #expect(operation.phase == .ended(.canceled))
            #expect(operation.totalCounts.completed == imported)
            // The administrator existed before.
            #expect(try await workspace.store.read { try $0.users.count() } == imported + 2)
        }
    }
}
