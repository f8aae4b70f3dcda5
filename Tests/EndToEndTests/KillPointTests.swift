import Foundation
import ImportFixtures
import JSON
import Testing

@testable import ImportEngine

extension EndToEnd {
    @Suite(
        "Given ferry serve that is killed before and after each durable write", .serialized, .timeLimit(.minutes(20)))
    struct KillPointTests {
        /// Writes that no scenario reaches for sure. One that timing leads to is tested all the same.
        private static let unreached: [DurableWrite: String] = [
            .giveUp: "The database must fail for 32 s.",
            .renewLease: "A lease is renewed after 4 s; batches of these scenarios take milliseconds.",
            .releaseLease: "A lease must be lost to another worker.",
            .abandonCheck: "A check must fail.",
            .removeUnlistedFile: "A transaction must fail after its file was stored.",
        ]

        /// How often a run is repeated until it reaches its point.
        private static let attempts = 4

        /// How often all scenarios run until each tested write was reached.
        private static let rounds = 3

        /// The writes of which every occurrence of a scenario is tested, because each is a different step.
        private static let stepwise: Set<DurableWrite> = [.undoBatch]

        /// What a run of a scenario led to.
        struct Outcome {
            let dump: LogicalDump
            let numbers: [String]

            /// Ends the server.
            init(of server: MortalServer) async throws {
                let numbers = try await server.numbers()
                let (workspace, kept) = try await server.dump()
                (dump, self.numbers) = (workspace, numbers + kept)
            }

            private init(dump: LogicalDump, numbers: [String]) {
                self.dump = dump
                self.numbers = numbers
            }

            func with(numbers: [String]) -> Outcome { Outcome(dump: dump, numbers: numbers) }

            func differences(to other: Outcome, ignoringFiles: Bool) -> [String] {
                dump.differences(to: other.dump).filter { !(ignoringFiles && $0.hasPrefix("+ files")) }
                    + (numbers == other.numbers ? [] : ["\(numbers)", "\(other.numbers)"])
            }
        }

        /// The scenarios on one kind of database.
        private struct Course {
            let kind: StoreKind
            let web: KillScenario.Web
            var killed: Set<String> = []
            var failures: [String] = []
            /// Points that the undisturbed run reached and no killed run did.
            var notReached: [String] = []
            var runs = 0
            var rounds = 0

            /// The points of tested writes at which no process was killed.
            var missing: [String] {
                KillPointTests.tested.flatMap { write in
                    KillPoint.Side.allCases.map { "\(write.rawValue).\($0.rawValue)" }
                }
                .filter { !killed.contains($0) }
            }

            /// Runs every scenario, and again while a point is missing: which points a scenario has depends on timing.
            mutating func run(on fresh: MortalServer.Snapshot) async throws {
                repeat {
                    rounds += 1
                    for scenario in KillScenario.all { try await run(scenario, on: fresh) }
                } while !missing.isEmpty && failures.isEmpty && rounds < KillPointTests.rounds
            }

            private mutating func run(_ scenario: KillScenario, on fresh: MortalServer.Snapshot) async throws {
                let base = try await MortalServer.copy(fresh)
                try await scenario.prepare(base, web)
                let snapshot = try await base.snapshot()
                let undisturbed = try await MortalServer.copy(snapshot, plan: scenario.deaths)
                try await scenario.run(undisturbed, web)
                let reached = try undisturbed.reachedPoints()
                let expected = try await Outcome(of: undisturbed)
                try await undisturbed.remove()
                for end in ends(in: reached, of: scenario) where !killed.contains(end) {
                    try await kill(at: end, in: scenario, from: snapshot, expecting: expected)
                }
                try snapshot.remove()
            }

            /// The points to be tested, before each write first.
            private func ends(in reached: [String], of scenario: KillScenario) -> [String] {
                let counts = Dictionary(reached.map { ($0, 1) }, uniquingKeysWith: +)
                return DurableWrite.allCases.flatMap { write -> [String] in
                    let sides = KillPoint.Side.allCases.map { "\(write.rawValue).\($0.rawValue)" }
                    let count = sides.compactMap { counts[$0] }.min() ?? 0
                    guard count > 0, !scenario.deaths.contains(sides[0]) else { return [] }
                    guard KillPointTests.stepwise.contains(write) else { return sides }
                    return sides + (2...max(2, count)).map { "\(sides[0]):\($0)" }
                }
            }

            /// Kills the process at a point, and the next one after the write if the point is before it.
            ///
            /// Which writes a run makes depends on the moment at which a pause or a cancellation comes. So a run that did
            /// not reach the point is repeated; its outcome counts all the same. A write that no run reached at all is
            /// missing in the end.
            private mutating func kill(
                at end: String, in scenario: KillScenario, from snapshot: MortalServer.Snapshot,
                expecting expected: Outcome
            ) async throws {
                var plan = [end]
                if end.hasSuffix(".before") { plan.append(end.replacing(".before", with: ".after")) }
                let failuresBefore = failures.count
                for _ in 0..<KillPointTests.attempts {
                    let server = try await MortalServer.copy(snapshot, plan: scenario.deaths + plan)
                    do {
                        try await scenario.run(server, web)
                        let outcome = try await Outcome(of: server)
                        let differences = expected.differences(to: outcome, ignoringFiles: scenario.mayLeaveFiles)
                        if !differences.isEmpty {
                            failures.append("\(scenario.name), \(end): \(differences.joined(separator: "\n  "))")
                        }
                    } catch {
                        failures.append("\(scenario.name), \(end): \(error)")
                    }
                    runs += 1
                    let reached = max(0, server.killCount - scenario.deaths.count)
                    killed.formUnion(plan.prefix(reached))
                    try await server.remove()
                    if reached > 0 || failures.count > failuresBefore { return }
                }
                notReached.append("\(scenario.name), \(end)")
            }
        }

        /// The writes at which processes must be killed.
        private static let tested = DurableWrite.allCases.filter { unreached[$0] == nil }

        /// Runs every scenario on one kind of database.
        private static func course(on kind: StoreKind, _ web: KillScenario.Web) async throws -> Course {
            let first = try await MortalServer.create(kind)
            try await first.call("POST", "settings/SSRF_Allowlist", #"{"value":"127.0.0.1"}"#)
            let fresh = try await first.snapshot()
            var course = Course(kind: kind, web: web)
            try await course.run(on: fresh)
            try fresh.remove()
            return course
        }

        @Test func `when it starts again, then the workspace and its numbers equal those of an undisturbed run`()
            async throws
        {
            try await KillScenario.Web.run { web in
                let start = ContinuousClock.now
                async let server = Self.course(on: .postgresql, web)
                let courses = [try await Self.course(on: .sqlite, web), try await server]
                let duration = ContinuousClock.now - start

                for course in courses {
                    #expect(course.missing == [], "\(course.kind.rawValue), not reached: \(course.notReached)")
                    for failure in course.failures.prefix(10) { Issue.record("\(course.kind.rawValue): \(failure)") }
                    print(
                        "Kill points on \(course.kind.rawValue): \(course.killed.count { !$0.contains(":") }) points of \(Self.tested.count) writes,",
                        "\(KillScenario.all.count) scenarios, \(course.rounds) rounds, \(course.runs) runs, \(course.notReached.count) not reached,",
                        "\(duration.components.seconds) s.")
                }
            }
        }

        /// Ends of processes in the last steps of an undo, which remove files and settle what counts: each process is
        /// killed, or one is stopped in order.
        private static let endsOfUndo: [[String]] =
            [
                [
                    "removeUndoneFile.before:2", "removeUndoneFile.after", "forgetUndoneFiles.before",
                    "forgetUndoneFiles.after", "endUndo.before", "endUndo.after",
                ]
            ]
            + ["removeUndoneFile.before:2", "forgetUndoneFiles.before", "endUndo.before"].map {
                [MortalServer.stop(at: $0)]
            }

        @Test(arguments: StoreKind.allCases)
        func `when it ends in the last steps of an undo, then the workspace is as before the import`(
            kind: StoreKind
        ) async throws {
            try await KillScenario.Web.run { web in
                let first = try await MortalServer.create(kind)
                try await first.call("POST", "settings/SSRF_Allowlist", #"{"value":"127.0.0.1"}"#)
                let fresh = try await first.snapshot()
                let unchanged = try await MortalServer.copy(fresh)
                let before = try await unchanged.dump().workspace
                try await unchanged.remove()
                let base = try await MortalServer.copy(fresh)
                try await KillScenario.file.run(base, web)
                let snapshot = try await base.snapshot()
                try fresh.remove()

                var numbers: [[String]] = []
                for plan in [[]] + Self.endsOfUndo {
                    let server = try await MortalServer.copy(snapshot, plan: plan)
                    try await KillScenario.undoImport(of: server)
                    // A process that was told to stop may end the undo before.
                    try await server.status { _ in server.killCount == plan.count }
                    numbers.append(try await server.numbers())
                    #expect(before.differences(to: try await server.dump().workspace) == [], "\(plan)")
                    try await server.remove()
                }
                #expect(numbers.allSatisfy { $0 == numbers[0] }, "\(numbers)")
                try snapshot.remove()
            }
        }

        @Test(arguments: StoreKind.allCases, [DurableWrite.applyUsers, .applyMessages])
        func `when one record ends it each time, then that record alone is flagged, and the import continues`(
            kind: StoreKind, write: DurableWrite
        ) async throws {
            let type = write == .applyUsers ? "user" : "message"
            let first = try await MortalServer.create(kind)
            try await first.call("POST", "import.new")
            let people = ["ann", "ben", "cat"]
            try await first.call(
                "POST", "import.addUsers", KillScenario.body("users", people.map { KillScenario.user($0) }))
            try await first.call(
                "POST", "import.addChannels",
                #"{"channels":[{"importIds":["C1"],"name":"quay","t":"c","users":["ann"],"u":{"_id":"ann"}}]}"#)
            try await first.call(
                "POST", "import.addMessages",
                KillScenario.body(
                    "messages", people.enumerated().map { KillScenario.message("m\($0)", by: $1, in: "C1") }))
            let snapshot = try await first.snapshot()
            // Three times in the batch of all three records; then, with a batch for each record, at the last one, which
            // has two attempts of its own.
            let end = "\(write.rawValue).before"
            let server = try await MortalServer.copy(snapshot, plan: [end, end, end, "\(end):3", end])

            try await server.call("POST", "import.run", unless: \.isStarted)
            let done = try await server.status { $0["state"] == .string("done") }
            let failures = try await server.call("GET", "import.failures?type=\(type)")["failures"]?.elements ?? []
            _ = try await server.numbers()
            let deaths = server.killCount
            try await server.remove()
            try snapshot.remove()

            #expect(deaths == 5)
            #expect(failures.map { $0["code"] } == [.string("importer-process-ended")])
            // A message of a user that failed fails as well.
            #expect(done.count("error") == (write == .applyUsers ? 2 : 1))
            #expect(done.count("completed") == (write == .applyUsers ? 5 : 6))
        }
    }
}
