import Foundation
import ImportFixtures
import JSON
import RandomNumbers
import Testing

extension EndToEnd {
    @Suite(
        "Given random imports with random kills, pauses, cancellations, retries and undos", .serialized,
        .enabled(if: Soak.duration != nil, "scripts/test --soak runs it."))
    struct SoakTests {
        @Test func `when each has ended, then the workspace equals that of an undisturbed run`() async throws {
            let seed = Soak.seed
            let end = ContinuousClock.now + (Soak.duration ?? .zero)
            print("Soak: seed \(seed)")
            try await KillScenario.Web.run { web in
                async let server = Soak.run(on: .postgresql, seed: seed, until: end, web)
                let rounds = [try await Soak.run(on: .sqlite, seed: seed, until: end, web), try await server]
                for soak in rounds {
                    print("Soak on \(soak.kind.rawValue): \(soak.rounds) rounds, \(soak.kills) kills.")
                    for failure in soak.failures { Issue.record("\(soak.kind.rawValue): \(failure)") }
                    #expect(soak.rounds > 0)
                }
            }
        }
    }
}

/// Random rounds on one kind of database. The number of a round and the seed determine what it does; when a process is
/// killed apart from its points depends on time as well.
struct Soak {
    /// How long it runs (`FERRY_SOAK_SECONDS`).
    static let duration = ProcessInfo.processInfo.environment["FERRY_SOAK_SECONDS"].flatMap(Int.init).map {
        Duration.seconds($0)
    }
    /// The seed of everything random (`FERRY_SOAK_SEED`).
    static let seed = ProcessInfo.processInfo.environment["FERRY_SOAK_SEED"].flatMap(UInt64.init) ?? 1

    let kind: StoreKind
    private(set) var rounds = 0
    private(set) var kills = 0
    private(set) var failures: [String] = []

    static func run(
        on kind: StoreKind, seed: UInt64, until end: ContinuousClock.Instant, _ web: KillScenario.Web
    ) async throws -> Soak {
        let first = try await MortalServer.create(kind)
        try await first.call("POST", "settings/SSRF_Allowlist", #"{"value":"127.0.0.1"}"#)
        let fresh = try await first.snapshot()
        var soak = Soak(kind: kind)
        while ContinuousClock.now < end, soak.failures.count < 10 {
            var random = SeededGenerator(seed: seed &+ UInt64(soak.rounds))
            do {
                if random.isOne(in: 3) {
                    try await soak.runScenario(on: fresh, web, &random)
                } else {
                    try await soak.runImport(on: fresh, &random)
                }
            } catch {
                soak.failures.append("round \(soak.rounds): \(error)")
            }
            soak.rounds += 1
        }
        try fresh.remove()
        return soak
    }

    /// Up to two points that were reached, each at one of its occurrences: a batch, a file or a download that ended its
    /// process three times is treated differently.
    private static func plan(_ reached: [String], _ random: inout SeededGenerator) -> [String] {
        let counts = Dictionary(reached.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
        return (0..<Int.random(in: 0...2, using: &random)).compactMap { _ in
            counts.randomElement(using: &random).map { "\($0.key):\(Int.random(in: 1...$0.value, using: &random))" }
        }
    }

    private mutating func compare(
        _ expected: EndToEnd.KillPointTests.Outcome, _ outcome: EndToEnd.KillPointTests.Outcome, _ description: String,
        ignoringFiles: Bool = false
    ) {
        let differences = expected.differences(to: outcome, ignoringFiles: ignoringFiles)
        guard !differences.isEmpty else { return }
        failures.append("round \(rounds), \(description): \(differences.joined(separator: "\n  "))")
    }

    /// Runs a scenario with kills at random occurrences of its points.
    private mutating func runScenario(
        on fresh: MortalServer.Snapshot, _ web: KillScenario.Web, _ random: inout SeededGenerator
    ) async throws {
        guard let scenario = KillScenario.all.filter(\.deaths.isEmpty).randomElement(using: &random) else { return }
        let base = try await MortalServer.copy(fresh)
        try await scenario.prepare(base, web)
        let snapshot = try await base.snapshot()
        let undisturbed = try await MortalServer.copy(snapshot)
        try await scenario.run(undisturbed, web)
        let reached = try undisturbed.reachedPoints()
        let expected = try await EndToEnd.KillPointTests.Outcome(of: undisturbed)
        try await undisturbed.remove()
        for _ in 0..<4 {
            let plan = Self.plan(reached, &random)
            let server = try await MortalServer.copy(snapshot, plan: plan)
            do {
                try await scenario.run(server, web)
                let outcome = try await EndToEnd.KillPointTests.Outcome(of: server)
                compare(expected, outcome, "\(scenario.name) \(plan)", ignoringFiles: scenario.mayLeaveFiles)
            } catch {
                failures.append("round \(rounds), \(scenario.name) \(plan): \(error)")
            }
            kills += server.killCount
            try await server.remove()
        }
        try snapshot.remove()
    }

    // MARK: Random imports

    /// Random records, a tenth of which fails.
    private struct Records {
        let users: [String]
        let rooms: [String]
        let messages: [String]

        /// - Parameter isCanceled: whether the records are imported twice, first by an import that is cancelled. A room
        ///   that this one gave another owner, because the owner failed, keeps it; so the owner does not fail.
        init(isCanceled: Bool, _ random: inout SeededGenerator) {
            let people = (0..<Int.random(in: 1...60, using: &random)).map { "person\($0)" }
            users = people.map { name in
                let fails = random.isOne(in: 10) && !(isCanceled && name == people[0])
                var more = fails ? #","type":"wizard""# : ""
                if random.isOne(in: 20) { more += #","password":"secret""# }
                return KillScenario.user(name, more)
            }
            let names = (0..<Int.random(in: 1...8, using: &random)).map { "room\($0)" }
            rooms = names.map { name in
                let members = people.filter { _ in random.isOne(in: 3) }.map { #""\#($0)""# }.joined(separator: ",")
                let title = random.isOne(in: 10) ? "" : #""name":"\#(name)","#
                let kind = random.isOne(in: 2) ? "c" : "p"
                return
                    #"{"importIds":["\#(name)"],\#(title)"t":"\#(kind)","users":[\#(members)],"u":{"_id":"\#(people[0])"}}"#
            }
            messages = (0..<Int.random(in: 0...200, using: &random)).map { number in
                let author = people.randomElement(using: &random) ?? ""
                let room = names.randomElement(using: &random) ?? ""
                guard random.isOne(in: 20) else {
                    // Messages of one time have an order within each import alone.
                    return KillScenario.message(
                        "message\(number)", by: author, in: room, at: 1_704_067_200_000 + number)
                }
                return #"{"_id":"message\#(number)","rid":"\#(room)","u":{"_id":"\#(author)"},"msg":"no time"}"#
            }
        }

        /// Stages the records in a new operation and starts their import.
        func start(on server: MortalServer) async throws {
            let before = try await server.call("GET", "import.status")["operation"]?["_id"]
            try await server.call(
                "POST", "import.new", unless: { $0["state"] == .string("new") && $0["operation"]?["_id"] != before })
            for (list, call, records) in [
                ("users", "import.addUsers", users), ("channels", "import.addChannels", rooms),
                ("messages", "import.addMessages", messages),
            ] where !records.isEmpty {
                try await server.call(
                    "POST", call, KillScenario.body(list, records), unless: { $0.count(list) > 0 })
            }
            try await server.call("POST", "import.run", unless: \.isStarted)
        }
    }

    /// What happens after an import.
    private struct Sequel {
        let isRetried: Bool
        let isUndone: Bool

        /// Retries the failed users, corrected, and undoes the import.
        func run(on server: MortalServer, restart: (MortalServer) async throws -> Void) async throws {
            if isRetried {
                try await restart(server)
                let status = try await server.call("GET", "import.status")
                let failures = try await server.call("GET", "import.failures?count=1000&type=user")["failures"]
                let corrections = (failures?.elements ?? []).compactMap { failure -> String? in
                    guard case .string(let name)? = failure["data"]?["username"], let id = failure["id"] else {
                        return nil
                    }
                    return #"{"id":\#(id.serialized()),"data":\#(KillScenario.user(name))}"#
                }
                if status.count("error") > 0 {
                    try await server.call(
                        "POST", "import.retry", #"{"records":[\#(corrections.joined(separator: ","))]}"#,
                        unless: {
                            $0["state"] == .string("importing") || $0.count("error") != status.count("error")
                                || $0["operation"]?["_updatedAt"] != status["operation"]?["_updatedAt"]
                        })
                    try await server.status { $0["state"] == .string("done") }
                }
            }
            if isUndone {
                try await restart(server)
                try await server.call("POST", "import.undo", "{}")
                try await server.status { $0["undone"] == .boolean(true) && $0["state"] == .string("canceled") }
            }
        }
    }

    /// Runs a random import, with all that may happen to it, and compares it with the same import left alone.
    private mutating func runImport(on fresh: MortalServer.Snapshot, _ random: inout SeededGenerator) async throws {
        let isCanceled = random.isOne(in: 4)
        let records = Records(isCanceled: isCanceled, &random)
        // What the cancelled import created is not the second import's to remove.
        let sequel = Sequel(isRetried: !random.isOne(in: 3), isUndone: !isCanceled && random.isOne(in: 2))

        let undisturbed = try await MortalServer.copy(fresh)
        try await records.start(on: undisturbed)
        try await undisturbed.status { $0["state"] == .string("done") }
        try await sequel.run(on: undisturbed) { _ in }
        let reached = try undisturbed.reachedPoints()
        let expected = try await EndToEnd.KillPointTests.Outcome(of: undisturbed)
        try await undisturbed.remove()

        let plans = (0..<3).map { _ in Self.plan(reached, &random) }
        let description = "\(plans)\(isCanceled ? ", cancelled" : ""), \(sequel)"
        let server = try await MortalServer.copy(fresh, plan: plans[0])
        do {
            try await records.start(on: server)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &random)))
                let call = ["import.pause", "import.resume", "import.pause"].randomElement(using: &random) ?? ""
                // An import that has ended meanwhile cannot be paused.
                try await server.call("POST", call, "{}", mayFail: true)
                if server.killCount == 0, plans[0].isEmpty, random.isOne(in: 2) { server.kill() }
            }
            if isCanceled {
                try await server.call("POST", "import.cancel", "{}", mayFail: true)
                try await server.status { $0["state"] == .string("canceled") || $0["state"] == .string("done") }
                _ = try await server.numbers()
                try await records.start(on: server)
            }
            try await server.call("POST", "import.resume", "{}", mayFail: true)
            try await server.status { $0["state"] == .string("done") }
            var rest = plans.dropFirst()
            try await sequel.run(on: server) { try await $0.restart(plan: rest.popFirst() ?? []) }
            let outcome = try await EndToEnd.KillPointTests.Outcome(of: server)
            if isCanceled {
                // The second import finds what the first one created, so only the workspace is the same.
                compare(expected.with(numbers: outcome.numbers), outcome, description)
            } else {
                compare(expected, outcome, description)
            }
        } catch {
            failures.append("round \(rounds), \(description): \(error)")
        }
        kills += server.killCount
        try await server.remove()
    }
}
