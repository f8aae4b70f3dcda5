import ImportDomain
import ImportFixtures
import RandomNumbers
import Synchronization
import Testing

@testable import ImportEngine

@Suite("Given an undo whose process ends before and after writes", .onEveryStore, .timeLimit(.minutes(5)))
struct UndoInterruptionTests {
    @Test func `when ids contain colons and control characters, then it continues behind each of them`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.importing([StagedUser("ann", importIDs: ["U1"])])
            let before = try await workspace.dump()
            _ = try await workspace.engine.operations.create(by: UserID("nobody"))
            let room = #"{"t":"c","name":"plans","importIds":["C1"],"u":{"_id":"U1"},"users":["U1"]}"#
            try await workspace.engine.staging.addRooms(from: Chunks(#"{"channels":[\#(room)]}"#), format: .json)
            let messages = [#"1:a"#, #"a\u001fb"#, #":"#, #"12"#].map {
                #"{"_id":"\#($0)","rid":"C1","u":{"_id":"U1"},"ts":1704456000000,"msg":"hi"}"#
            }
            try await workspace.engine.staging.addMessages(
                from: Chunks(#"{"messages":[\#(messages.joined(separator: ","))]}"#), format: .json)
            try await workspace.runToTheEnd()
            #expect(try await workspace.current().totalCounts.completed == 5)

            let id = try await workspace.engine.undos.request(by: UserID("nobody")).operation.id
            while try await workspace.current().phase == .undoing {
                _ = try await ImportUndos(workspace.environment, workSignal: workspace.workSignal).step(id, limit: 1)
            }

            #expect(before.differences(to: try await workspace.dump()) == [])
        }
    }

    @Test(arguments: 1...4) func `when it continues each time, then the workspace is as before the import`(
        seed: UInt64
    ) async throws {
        try await TestWorkspace.with { workspace in
            let before = try await workspace.dump()
            _ = try await UndoTests.importing(UndoTests.export, workspace)
            let preview = try await workspace.engine.undos.preview()
            let id = try await workspace.engine.undos.request(by: UserID("nobody")).operation.id
            let store = InterruptedStore(workspace.store, seed: seed)
            let environment = WorkspaceEnvironment(
                store: store, files: workspace.environment.files, clock: workspace.clock,
                identifiers: workspace.identifiers, passwords: workspace.passwords,
                openScratch: workspace.environment.openScratch)

            var interruptions = 0
            while try await workspace.current().phase == .undoing {
                // Nothing is left of a process but the store.
                let undos = ImportUndos(environment, workSignal: workspace.workSignal)
                do {
                    _ = try await undos.step(id, limit: 3)
                } catch is InterruptedStore.Interruption {
                    interruptions += 1
                }
            }

            print("\(interruptions) interruptions of an undo on \(StoreKind.current.rawValue)")
            #expect(interruptions > 15)
            #expect(before.differences(to: try await workspace.dump()) == [])
            let report = try await workspace.engine.undos.report(of: workspace.current())
            #expect(report.counts == preview.counts)
        }
    }

    @Test func `when it failed and another import used the rooms, then a further undo keeps what that one needs`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let first = try await UndoTests.importing(UndoTests.export, workspace)
            let undos = workspace.engine.undos
            _ = try await undos.request(by: UserID("nobody"))
            while try await undos.report(of: workspace.current()).undo?.position.stage != .rooms {
                _ = try await undos.step(first.id, limit: 1)
            }
            let now = workspace.clock.now()
            try await workspace.store.write { transaction in
                var operation = try #require(try transaction.operations.find(id: first.id))
                try operation.fail(with: ImportFileFailure(.importStopped, message: "The disk is full."), at: now)
                try transaction.operations.update(operation)
            }
            // Its messages are gone, its rooms and accounts are there.
            _ = try await UndoTests.importing(UndoTests.export, workspace)
            let used = try await workspace.store.read { try $0.rooms.find(nameKey: "plans") }

            _ = try await undos.request(first.id, by: UserID("nobody"))
            try await workspace.finish()

            #expect(try await undos.report(of: workspace.current()).undo == nil)
            try await UndoReasonTests.expectWhole(workspace)
            let plans = try await workspace.store.read { try $0.rooms.find(nameKey: "plans") }
            #expect(plans?.id == used?.id && plans?.messageCount == used?.messageCount)
            #expect(try await workspace.user("ann") != nil)
        }
    }

    @Test func `when an import is twice as large, then its undo takes at most about twice as many transactions`()
        async throws
    {
        var steps: [Int] = []
        for count in [100, 200] {
            steps.append(
                try await TestWorkspace.with { workspace in
                    try await workspace.importing(StagedUser.crowd(count))
                    let id = try await workspace.engine.undos.request(by: UserID("nobody")).operation.id
                    var taken = 0
                    while try await workspace.engine.undos.step(id, limit: 10) != nil { taken += 1 }
                    return taken
                })
        }

        #expect(steps[0] > 20)
        #expect(steps[1] <= 2 * steps[0])
    }

    @Test func `when two processes undo at the same time, then they share the work`() async throws {
        try await TestWorkspace.with { workspace in
            let before = try await workspace.dump()
            _ = try await UndoTests.importing(UndoTests.export, workspace)
            let preview = try await workspace.engine.undos.preview()
            let id = try await workspace.engine.undos.request(by: UserID("nobody")).operation.id

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        let undos = ImportUndos(workspace.environment, workSignal: workspace.workSignal)
                        while try await undos.step(id, limit: 2) != nil {}
                    }
                }
                try await group.waitForAll()
            }

            #expect(try await workspace.current().phase == .ended(.undone))
            #expect(before.differences(to: try await workspace.dump()) == [])
            let report = try await workspace.engine.undos.report(of: workspace.current())
            #expect(report.counts == preview.counts)
        }
    }
}

/// A store that fails before or after two of three writes, chosen by a seed.
private final class InterruptedStore: Store {
    struct Interruption: Error {}

    private let base: any Store
    private let random: Mutex<SeededGenerator>

    init(_ base: any Store, seed: UInt64) {
        self.base = base
        random = Mutex(SeededGenerator(seed: seed))
    }

    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result { try await base.read(work) }

    func write<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        let turn = random.withLock { Int.random(in: 0..<3, using: &$0) }
        if turn == 0 { throw Interruption() }
        let result = try await base.write(work)
        if turn == 1 { throw Interruption() }
        return result
    }

    func userRows(by number: ImportNumber?) -> any UserRows { base.userRows(by: number) }
    func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows { base.rows(of: messages, by: number) }
    var isShared: Bool { base.isShared }
    func endStalledTransactions(olderThan age: Duration) async throws {
        try await base.endStalledTransactions(olderThan: age)
    }
    func analyze() async throws { try await base.analyze() }
}
