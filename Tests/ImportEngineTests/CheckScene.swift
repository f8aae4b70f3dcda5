import ImportDomain
import ImportFixtures
import RandomNumbers
import Synchronization
import Testing

@testable import ImportEngine

/// Random records, policies and selections, and the decisions of an import to compare a check with.
enum CheckScene {
    /// What a check and an import must agree on.
    struct Verdict: Equatable, CustomStringConvertible {
        let importID: String?
        let outcome: CheckedRecord.Outcome
        let code: String?
        let message: String?
        let changes: [FieldChange]

        init(_ record: CheckedRecord) {
            (importID, outcome, code) = (record.importID, record.outcome, record.code)
            (message, changes) = (record.message, record.changes)
        }

        var description: String { "\(importID ?? "-") \(outcome) \(code ?? "") \(message ?? "") \(changes)" }
    }

    /// The decisions that an import wrote.
    final class Log: Sendable {
        private let decided = Mutex<[RecordSequence: Verdict]>([:])

        var verdicts: [RecordSequence: Verdict] { decided.withLock { $0 } }

        fileprivate func note(_ records: [RecordDecision], of type: RecordType) {
            decided.withLock { decided in
                for record in records { decided[record.sequence] = Verdict(CheckedRecord(record, of: type)) }
            }
        }
    }

    private struct LoggedConversion: RecordConversion {
        let base: any RecordConversion
        let log: Log

        func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch {
            LoggedBatch(base: try await base.decode(claim, in: context), type: claim.type, log: log)
        }
    }

    private struct LoggedBatch: DecodedBatch {
        let base: any DecodedBatch
        let type: RecordType
        let log: Log

        func decide(by directory: WorkspaceDirectory) throws -> BatchDecisions {
            let decisions = try base.decide(by: directory)
            return BatchDecisions(
                records: decisions.records, strangers: decisions.strangers, findings: decisions.findings,
                changes: decisions.changes
            ) { [type, log] target in
                try decisions.apply(target)
                log.note(decisions.records, of: type)
            }
        }
    }

    /// The decisions of the import that a worker runs.
    static func importing(
        _ workspace: TestWorkspace, _ configuration: WorkerConfiguration = WorkerConfiguration()
    ) async throws -> [RecordSequence: Verdict] {
        let (worker, log) = (workspace.worker(configuration), Log())
        await worker.replaceConversions { LoggedConversion(base: $0, log: log) }
        try await workspace.finish(worker)
        return log.verdicts
    }

    /// The decisions of a check, read in pages of a size, and its result.
    static func checking(
        _ workspace: TestWorkspace, _ request: ImportCheckRequest = ImportCheckRequest(policies: .ofCalls),
        batchRecords: Int? = nil,
        pageSize: Int = 100
    ) async throws -> (verdicts: [RecordSequence: Verdict], check: ImportCheck) {
        let checks = ImportChecks(
            workspace.environment, importers: workspace.engine.operations.importers,
            rules: SelectionRules(store: workspace.store, index: RecordIndex(workspace.store)),
            batchRecords: batchRecords)
        let check = try await checks.check(request, by: UserID("nobody"))
        var verdicts: [RecordSequence: Verdict] = [:]
        var offset = 0
        while offset < check.recordCount {
            let page = try await checks.records(of: check, offset: offset, limit: pageSize)
            #expect(!page.isEmpty && page.count <= pageSize)
            for record in page { verdicts[record.sequence] = Verdict(record) }
            offset += max(1, page.count)
        }
        return (verdicts, check)
    }

    // MARK: Random records

    /// Names that records share, so that they meet each other and what is there.
    private static let names = ["ada", "ben", "cy", "dot", "eve", "Ada", "flo", "ada-1", "gus", "admin", "ben-1"]

    static func user(using random: inout SeededGenerator) -> UserRecord {
        func name() -> String { names.randomElement(using: &random) ?? "" }
        var importIDs = ["u\(Int.random(in: 0..<14, using: &random))"]
        if random.isOne(in: 5) { importIDs.append("u\(Int.random(in: 0..<14, using: &random))") }
        // An id that is nothing but the username.
        let username = random.isOne(in: 6) ? nil : name()
        if random.isOne(in: 5), let username { importIDs = [username] }
        var emails = random.isOne(in: 4) ? [] : ["\(name().lowercased())@example.com"]
        if random.isOne(in: 6) { emails.append("\(name().lowercased())@other.example") }
        return UserRecord(
            importIDs: importIDs, emails: emails, username: username, name: random.isOne(in: 2) ? name() : nil,
            avatarURL: random.isOne(in: 8) ? "https://example.com/\(name()).png" : nil, isDeleted: random.isOne(in: 8),
            statusText: random.isOne(in: 4) ? name() : nil,
            roles: random.isOne(in: 7) ? ["guest"] : random.isOne(in: 15) ? ["nothing"] : [],
            isMatchedByUsername: !random.isOne(in: 8),
            organization: random.isOne(in: 3) ? "T\(Int.random(in: 0..<2, using: &random))" : nil,
            type: random.isOne(in: 9) ? "bot" : random.isOne(in: 20) ? "thing" : nil,
            bio: random.isOne(in: 4) ? name() : nil)
    }

    static func room(using random: inout SeededGenerator) -> RoomRecord {
        func person() -> String {
            random.isOne(in: 5)
                ? names.randomElement(using: &random) ?? "" : "u\(Int.random(in: 0..<16, using: &random))"
        }
        let kind: RoomKind = [.channel, .channel, .privateGroup, .direct].randomElement(using: &random) ?? .channel
        let number = Int.random(in: 0..<10, using: &random)
        return RoomRecord(
            importIDs: ["r\(number)"], kind: kind,
            name: kind == .direct
                ? nil
                : random.isOne(in: 12)
                    ? "" : ["general", "plan", "Plan", "team", "plan-1"].randomElement(using: &random),
            memberIDs: (0..<Int.random(in: 0..<4, using: &random)).map { _ in person() },
            creatorID: random.isOne(in: 3) ? nil : person(), topic: random.isOne(in: 3) ? "topic \(number)" : nil,
            createdAt: Timestamp(milliseconds: 1_000 + Int64(number)), isArchived: random.isOne(in: 8),
            isIdentifiedByName: random.isOne(in: 6), isGeneral: random.isOne(in: 10))
    }

    static func message(using random: inout SeededGenerator) -> MessageRecord {
        let number = Int.random(in: 0..<60, using: &random)
        var message = MessageRecord(
            id: random.isOne(in: 20) ? nil : "m\(number)", roomID: "r\(Int.random(in: 0..<11, using: &random))",
            authorID: "u\(Int.random(in: 0..<16, using: &random))",
            writtenAt: random.isOne(in: 20) ? nil : Timestamp(milliseconds: 2_000 + Int64(number)),
            text: "text \(Int.random(in: 0..<3, using: &random))")
        // One room and one author, so that messages are told twice.
        if !random.isOne(in: 3) { (message.roomID, message.authorID) = ("r\(number % 7)", "u\(number % 9)") }
        if random.isOne(in: 4) {
            message.editedAt = Timestamp(milliseconds: 3_000 + Int64.random(in: 0..<3, using: &random))
        }
        message.isPinned = random.isOne(in: 9)
        return message
    }

    /// Stages random records in several batches.
    static func stage(
        in workspace: TestWorkspace, importer: ImporterKey = .api, scale: Int = 1, using random: inout SeededGenerator
    ) async throws {
        let operation = try await workspace.engine.operations.create(importer: importer, by: UserID("nobody"))
        for _ in 0..<3 {
            var records: [ImportRecord] = []
            for _ in 0..<scale * Int.random(in: 1..<9, using: &random) { records.append(.user(user(using: &random))) }
            if random.isOne(in: 3) { records.append(.contact(ContactRecord(importIDs: ["c1"]))) }
            for _ in 0..<scale * Int.random(in: 0..<6, using: &random) { records.append(.room(room(using: &random))) }
            for _ in 0..<scale * Int.random(in: 0..<25, using: &random) {
                records.append(.message(message(using: &random)))
            }
            let intake = Intake(
                from: .request(operation.id), in: workspace.environment, queue: PreparationQueue())
            for record in records { intake.append(record) }
            try await intake.stage(intake.takeLastChunks())
            try await intake.accept()
        }
    }

    static func policies(using random: inout SeededGenerator) -> ImportPolicies {
        ImportPolicies(
            users: ImportPolicies.Users.allCases.randomElement(using: &random) ?? .fail,
            rooms: ImportPolicies.Rooms.allCases.randomElement(using: &random) ?? .join,
            guests: ImportPolicies.Guests.allCases.randomElement(using: &random) ?? .guest)
    }

    static func selection(using random: inout SeededGenerator) -> ImportSelection {
        guard random.isOne(in: 3) else { return .everything }
        let users = (0..<14).filter { _ in !random.isOne(in: 3) }.map { "u\($0)" } + ["ada", "ben"]
        let rooms = (0..<10).filter { _ in !random.isOne(in: 3) }.map { "r\($0)" }
        return ImportSelection(
            users: random.isOne(in: 2) ? .listed(users) : .all, rooms: random.isOne(in: 2) ? .listed(rooms) : .all,
            contacts: .all)
    }

    /// Accounts, rooms and messages of people and of an earlier import.
    static func fill(_ workspace: TestWorkspace, using random: inout SeededGenerator) async throws {
        guard !random.isOne(in: 5) else { return }
        for number in 0..<Int.random(in: 0..<4, using: &random) {
            let name = names.randomElement(using: &random) ?? ""
            let user = User(
                id: UserID("made\(number)"), username: random.isOne(in: 2) ? name : "\(name)\(number)",
                kind: random.isOne(in: 6) ? .bot : .user, isActive: !random.isOne(in: 5),
                roles: random.isOne(in: 5) ? ["admin"] : ["user"],
                emails: random.isOne(in: 2) ? [] : [EmailAddress("\(name.lowercased())@example.com")],
                createdAt: Timestamp(milliseconds: 1))
            // Another account may have the name or the address.
            try? await workspace.store.write { try $0.users.insert([user], by: nil) }
        }
        if random.isOne(in: 2) {
            let room = Room(
                id: RoomID("hall"), kind: random.isOne(in: 2) ? .channel : .privateGroup, name: "plan",
                participants: [],
                isArchived: false, creatorID: .rocketCat, importIDs: [], createdAt: Timestamp(milliseconds: 1),
                updatedAt: Timestamp(milliseconds: 1))
            try await workspace.store.write { try $0.rooms.insert([room], by: nil) }
        }
        guard random.isOne(in: 2) else { return }
        try await stage(in: workspace, using: &random)
        try await workspace.engine.operations.start(
            .everything, policies: policies(using: &random), by: UserID("nobody"))
        try await workspace.finish()
    }
}
