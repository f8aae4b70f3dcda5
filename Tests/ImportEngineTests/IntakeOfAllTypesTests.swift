import ImportDomain
import ImportFixtures
import Testing

@testable import ImportEngine

@Suite("Given an intake of a new operation", .onEveryStore)
struct IntakeOfAllTypesTests {
    private static let records: [ImportRecord] = [
        .user(UserRecord(importIDs: ["", "U1"], emails: ["a@x.example"])),
        .contact(ContactRecord(importIDs: ["K1"])),
        .room(RoomRecord(importIDs: ["C1"], kind: .channel, name: "one")),
        .message(MessageRecord(id: "m1", roomID: "C1", authorID: "U1", writtenAt: nil, text: "x")),
        .message(MessageRecord(id: "m2", roomID: "C1", authorID: "U1", writtenAt: nil, text: "y")),
    ]

    private static func with(
        _ body: (TestWorkspace, ImportOperation, Intake) async throws -> Void
    ) async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            try await body(
                workspace, operation,
                Intake(from: .request(operation.id), in: workspace.engine.environment, queue: PreparationQueue()))
        }
    }

    @Test func `when records of every type are accepted, then each type is counted`() async throws {
        try await Self.with { workspace, _, intake in
            for record in Self.records { intake.append(record) }
            try await intake.stage(intake.takeLastChunks())
            let before = try await workspace.current().totalCounts.total
            try await intake.accept()

            #expect(before == 0)
            #expect(intake.count == 5)
            #expect(
                try await workspace.current().counts.mapValues(\.total) == [
                    .user: 1, .contact: 1, .room: 1, .message: 2,
                ])
        }
    }

    @Test func `when it is discarded, then nothing stays`() async throws {
        try await Self.with { workspace, operation, intake in
            for record in Self.records { intake.append(record) }
            try await intake.stage(intake.takeLastChunks())
            try await intake.discard()

            #expect(try await workspace.store.read { try $0.staging.recordCount(of: operation.id) } == 0)
            await #expect(throws: ImportError.intakeExpired) { try await intake.accept() }
        }
    }

    @Test func `when a chunk was not staged, then the intake is not accepted`() async throws {
        try await Self.with { workspace, _, intake in
            for record in Self.records { intake.append(record) }
            try await intake.stage(Array(intake.takeLastChunks().dropLast()))

            await #expect(throws: ImportError.intakeExpired) { try await intake.accept() }
            #expect(try await workspace.current().phase == .created)
        }
    }

    @Test(arguments: [(2_000, nil as String?), (16, "digest")])
    func `when a batch is full, then it can be taken, and the next record begins another`(
        size: Int, digest: String?
    ) async throws {
        try await Self.with { _, _, intake in
            let user = ImportRecord.user(
                UserRecord(importIDs: ["U"], emails: ["u@x.example"], passwordDigest: digest))
            let full = (0..<size).map { _ in intake.append(user) }
            let chunks = intake.takeFullChunks()

            #expect(full.firstIndex(of: true) == size - 1)
            guard case .batches(let batches, .user) = chunks.first else {
                Issue.record("The chunk does not hold users.")
                return
            }
            #expect(chunks.count == 1)
            #expect(batches.map(\.count) == [size])
            #expect(!intake.append(user))
            #expect(intake.takeFullChunks().isEmpty)
        }
    }

    @Test func `when a pack of a request is full, then it can be taken`() async throws {
        try await Self.with { _, _, intake in
            let full = (0..<1_500).map { _ in intake.append(Self.records[3]) }
            let chunks = intake.takeFullChunks() + intake.takeLastChunks()

            #expect(full.firstIndex(of: true) == RecordPack.capacity - 1)
            let counts = chunks.map { chunk -> [Int] in
                guard case .packs(let packs) = chunk else { return [] }
                return packs.map(\.count)
            }
            #expect(counts == [[1_000], [500]])
        }
    }
}
