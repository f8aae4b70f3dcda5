import ImportDomain
import ImportFixtures
import RandomNumbers
import SQL
import Testing

@testable import ImportEngine

@Suite("Given an import that an administrator pauses, resumes or cancels", .onEveryStore, .timeLimit(.minutes(5)))
struct ImportControlTests {
    // MARK: Every call in every state

    /// A call about the current import.
    private enum Call: CaseIterable {
        case add, run, start, preview, pause, resume, cancel, clear, new

        func make(in workspace: TestWorkspace) async throws {
            let (engine, user) = (workspace.engine, UserID("nobody"))
            switch self {
            case .add: try await workspace.add([StagedUser("late")])
            case .run: try await engine.operations.run(by: user)
            case .start: try await engine.operations.start(.everything, by: user)
            case .preview: _ = try await engine.importFiles.preview()
            case .pause: _ = try await engine.controls.pause()
            case .resume: _ = try await engine.controls.resume()
            case .cancel: _ = try await engine.controls.cancel()
            case .clear: try await engine.operations.clear()
            case .new: try await engine.operations.create(by: user)
            }
        }
    }

    /// A row of the table: a state, and what each call does in it, in the order of `Call`.
    ///
    /// `=` leaves the state; `!` and a letter reject: `i` not initialized, `c` cannot receive records, `f` finished, `n` not
    /// found, `s` invalid status, `e` the file failed. Else the state that the call leads to.
    private struct Row: Sendable, CustomTestStringConvertible {
        let lifecycle: ImportLifecycle?
        let outcomes: [String]

        init(_ phase: ImportPhase?, _ control: ImportControl = .none, isRetired: Bool = false, calls outcomes: String) {
            lifecycle = phase.flatMap { ImportLifecycle(phase: $0, control: control, isRetired: isRetired) }
            self.outcomes = outcomes.split(separator: " ").map(String.init)
        }

        var testDescription: String { name(lifecycle) }
    }

    private static func name(_ lifecycle: ImportLifecycle?) -> String {
        guard let lifecycle else { return "none" }
        let control = lifecycle.control == .none ? "" : "+\(lifecycle.control.rawValue)"
        let phase =
            switch lifecycle.phase {
            case .receiving: "receiving"
            case .reading: "reading"
            case .running: "running"
            case .ended(let outcome): outcome.rawValue
            case let other: "\(other)"
            }
        return phase + control + (lifecycle.isRetired ? "(retired)" : "")
    }

    private static let active: [ImportPhase] = [
        .receiving(.address), .reading(nil), .running(.users), .running(.files),
    ]

    private static let rows: [Row] =
        [
            //            add   run     start   preview pause  resume cancel   clear             new
            Row(nil, calls: "!i    !n      !n      !n      !n     !n     !n       =                 created"),
            Row(.created, calls: "ready !s     !s      =       !s     !s     canceled canceled(retired) created"),
            Row(.received, calls: "!c  !s      !s      reading !s     !s     canceled canceled(retired) created"),
            Row(.ready, calls: " =     running running =       !s     !s     canceled canceled(retired) created"),
            Row(.ended(.done), calls: "!f !s   !s      =       !s     !s     !s       done(retired)     created"),
            Row(.ended(.failed), calls: "!f !e !e      !e      !s     !s     !s       failed(retired)   created"),
            Row(.ended(.canceled), calls: "!f !s !s    =       !s     !s     =        canceled(retired) created"),
            Row(
                .ended(.canceled), isRetired: true,
                calls: "!i    !n      !n      =       !s     !s     =        =                 created"),
        ]
        + active.flatMap { phase -> [Row] in
            let name = Self.name(ImportLifecycle(phase))
            return [
                Row(phase, calls: "!c !s !s = \(name)+pausing = \(name)+canceling canceled(retired) created"),
                Row(phase, .pausing, calls: "!c !s !s = = \(name) \(name)+canceling canceled(retired) created"),
                Row(phase, .paused, calls: "!c !s !s = = \(name) canceled canceled(retired) created"),
                Row(phase, .canceling, calls: "!c !s !s = !s !s = canceled(retired) created"),
            ]
        }

    @Test(arguments: rows) private func `when each call is made in each state, then it does what people expect`(
        row: Row
    ) async throws {
        let failure = ImportFileFailure(.empty, message: "Nothing is in it.")
        for (call, expected) in zip(Call.allCases, row.outcomes) {
            try await TestWorkspace.with { workspace in
                if let lifecycle = row.lifecycle {
                    let now = workspace.clock.now()
                    let operation = ImportOperation(
                        id: OperationID("o"), importerKey: .api, createdAt: now, createdBy: UserID("u"),
                        lifecycle: lifecycle, updatedAt: now,
                        failure: lifecycle.phase == .ended(.failed) ? failure : nil)
                    try await workspace.store.write { try $0.operations.insert(operation) }
                    // A worker holds it, unless it is paused.
                    if lifecycle.phase.isWork, lifecycle.control != .paused {
                        try await workspace.files.database.write {
                            _ = try $0.execute(
                                "UPDATE import_operations SET lease_owner = 'w', lease_expires_at = 9000000000000")
                        }
                    }
                }
                workspace.clock.advance(by: .seconds(1))

                var rejection: ImportRejection?
                do {
                    try await call.make(in: workspace)
                } catch let error as ImportError {
                    rejection = error.rejection
                }

                let after = try await workspace.engine.operations.current()?.lifecycle
                let reasons: [String: ImportRejection.Reason] = [
                    "!i": .operationNotInitialized, "!c": .operationCannotReceiveRecords, "!f": .operationFinished,
                    "!n": .operationNotFound, "!s": .invalidOperationStatus, "!e": .fileNotImported(failure),
                ]
                #expect(rejection?.reason == reasons[expected], "\(call) in \(Self.name(row.lifecycle))")
                #expect(rejection == nil || rejection?.lifecycle == row.lifecycle)
                let state = expected.hasPrefix("!") || expected == "=" ? Self.name(row.lifecycle) : expected
                #expect(Self.name(after) == state, "\(call) in \(Self.name(row.lifecycle))")
            }
        }
    }

    // MARK: A run

    /// Holds the counting law against what is staged and what the workspace has.
    private static func expectLaw(_ workspace: TestWorkspace, total: Int) async throws {
        let operation = try await workspace.current()
        let counts = try #require(operation.counts[.user])
        let staged = try await workspace.store.read { try $0.staging.recordCount(of: operation.id) }
        let users = try await workspace.store.read { try $0.users.count() }
        #expect(counts.total == total)
        #expect(
            counts.created + counts.updated + counts.unchanged + counts.skipped + counts.error + counts.pending == total
        )
        #expect(staged == counts.pending + counts.error)
        // The administrator and the bot were there before.
        #expect(users == counts.created + 2)
    }

    /// Users of whom some fail.
    private static let people = StagedUser.crowd(400, password: "secret") + [StagedUser("person7", importIDs: ["x"])]

    @Test(arguments: 1...6) func `when requests come in any order during a run, then nothing is lost or done twice`(
        seed: UInt64
    ) async throws {
        try await TestWorkspace.with { workspace in
            var random = SeededGenerator(seed: seed)
            try await workspace.stage(Self.people)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let workers = [workspace.worker(), workspace.worker()]

            for _ in 0..<60 {
                switch Int.random(in: 0..<6, using: &random) {
                case 0: _ = try? await workspace.engine.controls.pause()  // It may have ended.
                case 1: _ = try? await workspace.engine.controls.resume()  // As above.
                default: _ = try await workers[Int.random(in: 0..<2, using: &random)].step()
                }
                try await Self.expectLaw(workspace, total: Self.people.count)
            }
            if try await !workspace.current().lifecycle.isEnded { _ = try await workspace.engine.controls.resume() }
            while try await !workspace.current().lifecycle.isEnded {
                for worker in workers { _ = try await worker.step() }
            }

            let done = try await workspace.current()
            #expect(done.phase == .ended(.done))
            #expect(done.counts[.user]?.completed == Self.people.count - 1)
            #expect(done.counts[.user]?.error == 1)
            try await Self.expectLaw(workspace, total: Self.people.count)
        }
    }

    @Test func `when it is paused, then the worker that holds a batch confirms it, and nothing more is written`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(Self.people)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let worker = workspace.worker()
            while try await workspace.current().totalCounts.completed == 0 { _ = try await worker.step() }

            // The worker has claimed the next batch already.
            let requested = try await workspace.engine.controls.pause()
            let imported = try #require(requested.operation?.totalCounts.completed)
            let confirmed = try await worker.step()
            let paused = try await workspace.current()
            let more = try await worker.step()

            #expect(requested.operation?.lifecycle.control == .pausing)
            #expect(confirmed)
            #expect(paused.lifecycle.control == .paused)
            #expect(!more)
            #expect(try await workspace.current().totalCounts.completed == imported)
            let other = try await workspace.store.read { try $0.operations.isClaimed(paused.id) }
            #expect(!other)
            try await Self.expectLaw(workspace, total: Self.people.count)
        }
    }

    @Test func `when it is cancelled, then what is staged stays until it is cleared, and the next import begins`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(Self.people)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let worker = workspace.worker()
            while try await workspace.current().totalCounts.completed == 0 { _ = try await worker.step() }

            _ = try await workspace.engine.controls.cancel()
            try await workspace.finish(worker)
            let canceled = try await workspace.current()
            let again = try await workspace.engine.controls.cancel()
            await expectRejection(.invalidOperationStatus) { _ = try await workspace.engine.controls.resume() }

            #expect(canceled.phase == .ended(.canceled))
            #expect(!canceled.lifecycle.isRetired)
            #expect(again.operation == canceled)
            #expect(!again.hasEnded)
            #expect(canceled.totalCounts.pending > 0)
            try await Self.expectLaw(workspace, total: Self.people.count)
            let next = try await workspace.importing(StagedUser.crowd(3, from: 1_000))
            #expect(next.phase == .ended(.done))
            #expect(try await workspace.store.read { try $0.staging.recordCount(of: canceled.id) } == 0)
        }
    }

    @Test(arguments: [true, false])
    func `when the process of its worker is dead, then the request is confirmed once the lease has ended`(
        isCancel: Bool
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(Self.people)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            _ = try await workspace.worker().step()
            let operation = try await workspace.current().id
            _ = try await workspace.store.write {
                try $0.staging.claim(.user, of: operation, by: WorkerID("dead"), for: .seconds(12), target: Workload())
            }
            let worker = workspace.worker()

            let controls = workspace.engine.controls
            _ = isCancel ? try await controls.cancel() : try await controls.pause()
            _ = try await worker.step()
            let before = try await workspace.current().lifecycle
            try await workspace.files.expireLeases()
            _ = try await worker.step()
            let after = try await workspace.current().lifecycle

            #expect(before.control == (isCancel ? .canceling : .pausing))
            #expect(isCancel ? after.phase == .ended(.canceled) : after.control == .paused)
        }
    }

    @Test
    func `when no worker holds anything, then the request is confirmed at once, and repeating it changes nothing`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(Self.people)
            try await workspace.engine.operations.run(by: UserID("nobody"))

            let paused = try await workspace.engine.controls.pause().operation
            workspace.clock.advance(by: .seconds(5))
            let again = try await workspace.engine.controls.pause().operation
            let resumed = try await workspace.engine.controls.resume().operation
            workspace.clock.advance(by: .seconds(5))
            let twice = try await workspace.engine.controls.resume().operation

            #expect(paused?.lifecycle.control == .paused)
            #expect(again == paused)
            #expect(resumed?.lifecycle.control == ImportControl.none)
            #expect(twice == resumed)
        }
    }

    // MARK: Files

    /// An upload that is about to be read.
    private static func upload(_ workspace: TestWorkspace, isRead: Bool = true) async throws {
        let rows = (0..<5_000).map { "p\($0),p\($0)@example.com,P\n" }
        let upload = try await workspace.engine.importFiles.beginUpload()
        try await upload.write(Array(rows.joined().utf8))
        try await workspace.engine.importFiles.accept(
            upload, named: "users.csv", contentType: nil, importer: ImporterKey("csv"), by: UserID("nobody"))
        if isRead { _ = try await workspace.engine.importFiles.preview() }
    }

    @Test func `when its file is paused while it is read, then nothing is staged, and it is read again when resumed`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await Self.upload(workspace)
            let claim = try await workspace.store.write {
                try $0.operations.claimFile(by: WorkerID("other"), for: .seconds(12))
            }
            let requested = try await workspace.engine.controls.pause().operation
            let files = try workspace.filePreparation()
            _ = try await files.step()
            let waiting = try await workspace.current().lifecycle.control
            try await workspace.store.write { try $0.leases.release(try #require(claim).lease) }
            _ = try await files.step()
            let paused = try await workspace.current()
            while try await files.step() {}
            let still = try await workspace.current()
            _ = try await workspace.engine.controls.resume()
            while try await files.step() {}
            let read = try await workspace.current()

            #expect(requested?.lifecycle.control == .pausing)
            #expect(waiting == .pausing)
            #expect(paused.lifecycle.control == .paused)
            #expect(still.phase == .reading(nil))
            #expect(still.counts.isEmpty)
            #expect(read.phase == .ready)
            #expect(read.totalCounts.total == 5_000)
        }
    }

    @Test func `when its file is paused while a call waits for its content, then the call returns the control`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await Self.upload(workspace, isRead: false)
            let preview = Task { try await workspace.engine.importFiles.preview(patience: .seconds(5)) }
            while try await workspace.current().phase != .reading(nil) { await Task.yield() }

            _ = try await workspace.engine.controls.pause()

            guard case .waiting(.paused) = try await preview.value else {
                Issue.record("The call does not report the pause.")
                return
            }
        }
    }

    @Test(arguments: [ImportControl.none, .paused])
    func `when it is paused while it finishes, then no totals are recounted`(control: ImportControl) async throws {
        try await TestWorkspace.with { workspace in
            let now = workspace.clock.now()
            let lifecycle = try #require(
                ImportLifecycle(phase: .running(.finishing), control: control, isRetired: false))
            let operation = ImportOperation(
                id: OperationID("o"), importerKey: .api, createdAt: now, createdBy: UserID("u"),
                lifecycle: lifecycle, updatedAt: now)
            try await workspace.store.write { transaction in
                try transaction.operations.insert(operation)
                try transaction.rooms.touch([.general: 1], by: operation.id)
            }

            let isRecounted = try await workspace.worker().recountSome(during: operation.id)

            let left = try await workspace.store.read { try $0.operations.operationToRecount() }
            #expect(isRecounted == (control == .none))
            #expect((left == nil) == isRecounted)
        }
    }

    @Test func `when it is cancelled before its file is fetched, then the address loses its secrets`() async throws {
        try await TestWorkspace.with { workspace in
            let now = workspace.clock.now()
            let operation = ImportOperation(
                id: OperationID("o"), importerKey: ImporterKey("csv"), createdAt: now, createdBy: UserID("u"),
                lifecycle: ImportLifecycle(.receiving(.address)), updatedAt: now,
                file: OperationFile(id: FileID("f"), name: "a.zip", sourceURL: "https://u:p@example.com/a.zip?token=t"))
            try await workspace.store.write { try $0.operations.insert(operation) }

            let canceled = try await workspace.engine.controls.cancel().operation

            #expect(canceled?.phase == .ended(.canceled))
            #expect(canceled?.file?.sourceURL == "https://example.com/a.zip")
        }
    }

    // MARK: Downloads

    @Test func `when an import has ended, then the calls are about the queue of downloads`() async throws {
        try await DownloadScene.with { scene in
            try await scene.workspace.engine.operations.create(by: .rocketCat)
            let controls = scene.workspace.engine.controls
            _ = try await controls.cancel()
            for number in 0..<3 {
                try await scene.add("m\(number)", carrying: "F\(number)", at: "data:text/plain,x")
            }
            _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)

            let paused = try await controls.pause().downloads
            let whilePaused = try await scene.fetch()
            let resumed = try await controls.resume().downloads
            let canceled = try await controls.cancel().downloads
            await expectRejection(.downloadsCanceling) { _ = try await controls.resume() }
            while try await scene.fetch() {}
            let left = try await scene.workspace.store.read { transaction in
                (try transaction.downloads.control(), try transaction.downloads.downloadCounts())
            }
            let asked = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)

            #expect(paused?.control == .paused)
            #expect(paused?.counts == [.queued: 3])
            #expect(!whilePaused)
            #expect(resumed?.control == ImportControl.none)
            #expect(canceled?.control == .canceling)
            #expect(left.0 == .none)
            #expect(left.1 == [.waiting: 3])
            #expect(asked == 3)
        }
    }

    @Test func `when downloads are requested while the queue is being cancelled, then they are downloaded`()
        async throws
    {
        try await DownloadScene.with { scene in
            let store = scene.workspace.store
            try await scene.add("m1", carrying: "F1", at: "data:text/plain,x")
            _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
            _ = try await scene.workspace.engine.controls.cancel(.downloads)

            _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)

            #expect(try await store.read { try $0.downloads.control() } == .none)
            #expect(try await store.read { try $0.downloads.hasQueued() })
        }
    }

    @Test func `when avatars are being queued while the queue is cancelled, then the later ones are not queued`()
        async throws
    {
        try await DownloadScene.with { scene in
            let store = scene.workspace.store
            let accounts = (1...3).map {
                User(
                    id: UserID("avatar\($0)"), username: "avatar\($0)", pendingAvatarURL: "data:image/png,\($0)",
                    createdAt: scene.workspace.clock.now())
            }
            try await store.write { try $0.users.insert(accounts, by: nil) }
            let first = try await store.write { try $0.downloads.enqueueAvatars(after: nil, limit: 1) }
            _ = try await scene.workspace.engine.controls.cancel(.downloads)

            let second = try await store.write { try $0.downloads.enqueueAvatars(after: first, limit: 1) }

            #expect(first == UserID("avatar1"))
            #expect(second == nil)
            #expect(try await store.read { try $0.downloads.control() } == .canceling)
        }
    }

    @Test func `when a worker downloads while the queue is paused, then it is pausing until the worker stops`()
        async throws
    {
        try await DownloadScene.with { scene in
            let store = scene.workspace.store
            try await scene.add("m1", carrying: "F1", at: "data:text/plain,x")
            _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
            let claim = try await store.write {
                try $0.downloads.claim(by: WorkerID("w"), for: .seconds(12), limit: 1, perHost: 1, running: [:])
            }.first

            let pausing = try await scene.workspace.engine.controls.pause(.downloads).downloads?.control
            try await store.write { try $0.leases.release(try #require(claim).lease) }
            let paused = try await store.read { try $0.downloads.control() }

            #expect(pausing == .pausing)
            #expect(paused == .paused)
        }
    }
}
