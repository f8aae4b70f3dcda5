import Foundation
import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Testing

@Suite("Given a new operation that receives a body of users", .onEveryStore)
struct IntakeTests {
    private static func staging(_ body: String, size: Int = 7, format: RecordBodyFormat = .json) async throws
        -> (error: (any Error)?, operation: ImportOperation, records: Int)
    {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            var caught: (any Error)?
            do {
                try await workspace.engine.staging.addUsers(from: Chunks(body, size: size), format: format)
            } catch {
                caught = error
            }
            let records = try await workspace.store.read { try $0.staging.recordCount(of: operation.id) }
            return (caught, try await workspace.current(), records)
        }
    }

    @Test(arguments: [1, 2, 3, 64, 100_000])
    func `when the body arrives in chunks of any size, then every user is staged`(size: Int) async throws {
        let outcome = try await Self.staging(StagedUser.body(StagedUser.crowd(30)), size: size)

        #expect(outcome.error == nil)
        #expect(outcome.records == 30)
        #expect(outcome.operation.phase == .ready)
        #expect(outcome.operation.counts == [.user: ImportCounts(total: 30)])
    }

    @Test func `when more bodies follow, then their users are added`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(3))

            try await workspace.add(StagedUser.crowd(4, from: 3))

            #expect(try await workspace.current().totalCounts.total == 7)
        }
    }

    @Test func `when a body holds more users than a batch, then all of them are staged`() async throws {
        let outcome = try await Self.staging(StagedUser.body(StagedUser.crowd(5_000)), size: 1 << 16)

        #expect(outcome.records == 5_000)
    }

    @Test func `when the list is empty, then the call succeeds and the state stays`() async throws {
        let outcome = try await Self.staging(#"{"users": []}"#)

        #expect(outcome.error == nil)
        #expect(outcome.operation.phase == .created)
    }

    @Test func `when a late user is invalid, then none of the earlier batches stays`() async throws {
        let users = StagedUser.crowd(4_500) + [StagedUser("bad", emails: [])]

        let outcome = try await Self.staging(StagedUser.body(users), size: 1 << 16)

        #expect(outcome.error as? ImportError == .missingUserData(index: 4_500, field: "emails"))
        #expect(outcome.records == 0)
        #expect(outcome.operation.phase == .created)
    }

    @Test(arguments: [
        (#"{}"#, InvalidBody.Reason.missingProperty("users"), nil),
        (#"[]"#, .wrongKind(expected: .object), nil),
        (#"{"users": {}}"#, .wrongKind(expected: .array), nil),
        (#"{"users": [], "x": 1}"#, .additionalProperty("x"), nil),
        (#"{"users": [1]}"#, .wrongKind(expected: .object), 0),
        (#"{"users": [{"emails": ["a"], "importIds": ["a"]}, {"importIds": ["a"]}]}"#, .missingProperty("emails"), 1),
        (#"{"users": [{"emails": ["a"]}]}"#, .missingProperty("importIds"), 0),
        (#"{"users": [{"emails": "a", "importIds": ["a"]}]}"#, .wrongKind(expected: .array), 0),
        (#"{"users": [{"emails": [{}], "importIds": ["a"]}]}"#, .wrongKind(expected: .string), 0),
        (#"{"users": [{"emails": ["a"], "importIds": ["a"], "name": []}]}"#, .wrongKind(expected: .string), 0),
        (#"{"users": [{"emails": ["a"], "importIds": ["a"], "utcOffset": "x"}]}"#, .wrongKind(expected: .number), 0),
        (#"{"users": [{"emails": ["a"], "importIds": ["a"], "deleted": "yes"}]}"#, .wrongKind(expected: .boolean), 0),
        (#"{"users": [{"emails": ["a"], "importIds": ["a"], "roles": "user"}]}"#, .wrongKind(expected: .array), 0),
    ])
    func `when the body has another shape, then it is rejected with the first thing that is wrong`(
        body: String, reason: InvalidBody.Reason, index: Int?
    ) async throws {
        let outcome = try await Self.staging(body)

        let error = try #require(outcome.error as? InvalidBody)
        #expect(error.reason == reason)
        #expect(error.index == index)
        #expect(outcome.records == 0)
    }

    @Test func `when scalars are of another kind, then they are converted`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.engine.operations.create(by: UserID("nobody"))
            let body = """
                {"users": [{"emails": [1, true, null, "a@x"], "importIds": [1523], "username": 42, "utcOffset": "5.5",
                 "deleted": "true", "name": null, "roles": null, "bio": 1.50}]}
                """

            try await workspace.engine.staging.addUsers(from: Chunks(body), format: .json)
            try await workspace.runToTheEnd()

            let user = try #require(try await workspace.user("42"))
            #expect(user.emails.map(\.address) == ["1", "true", "a@x"])
            #expect(user.importIDs == [ImportID("1523")])
            #expect(user.utcOffset == 5.5)
            #expect(!user.isActive)
            #expect(user.bio == "1.5")
        }
    }

    @Test(arguments: [
        ("", JSONError.Code.unexpectedEnd), (#"{"users": ["#, .unexpectedEnd), (#"{"users": [}"#, .unexpectedByte),
        (#"{"users": [], "users": []}"#, .duplicateKey),
        (#"{"users": [{"emails": [], "emails": []}]}"#, .duplicateKey),
        (#"{"users": [{"bio": "\u0000"}]}"#, .nulCharacter), (#"{"users": [{"bio": "\ud800"}]}"#, .loneSurrogate),
        (#"{"users": [{"utcOffset": 1e999}]}"#, .numberOutOfRange),
        (#"{"users": [{"x": "# + String(repeating: "[", count: 5_000), .tooDeep),
        (#"{"users": [{"bio": ""# + String(repeating: "x", count: 2 << 20), .elementTooLarge),
        (#"{"users": []} x"#, .trailingContent),
    ])
    func `when the text is not valid JSON, then it is rejected and nothing is staged`(
        body: String, code: JSONError.Code
    ) async throws {
        let outcome = try await Self.staging(body, size: 1 << 12)

        guard case .malformed(let error) = (outcome.error as? InvalidBody)?.reason else {
            Issue.record("\(String(describing: outcome.error))")
            return
        }
        #expect(error.code == code)
        #expect(outcome.records == 0)
    }

    @Test func `when users come one a line, then each line is a user`() async throws {
        let lines = StagedUser.crowd(3).map(\.text).joined(separator: "\r\n") + "\n\n"

        let outcome = try await Self.staging(lines, format: .lines)

        #expect(outcome.error == nil)
        #expect(outcome.records == 3)
    }

    @Test func `when a line is broken, then none of the lines is staged`() async throws {
        let lines = StagedUser.crowd(3).map(\.text).joined(separator: "\n") + "\n{\"emails\": "

        let outcome = try await Self.staging(lines, format: .lines)

        #expect(outcome.error is InvalidBody)
        #expect(outcome.records == 0)
    }

    @Test func `when a password is sent, then neither it nor anything it can be read from is in the files`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada", password: "Tr0ub4dor&3-unmistakable")])
            try await workspace.store.analyze()

            for file in try workspace.files.contents() {
                #expect(file.range(of: Data("Tr0ub4dor&3-unmistakable".utf8)) == nil)
            }
        }
    }

    @Test func `when a body pauses until its beginning was purged, then it is rejected as a whole`()
        async throws
    {
        struct PausingChunks: AsyncSequence, Sendable {
            struct Iterator: AsyncIteratorProtocol {
                var chunks: Chunks.Iterator
                let pause: @Sendable () async throws -> Void
                mutating func next() async throws -> [UInt8]? {
                    try await pause()
                    return try await chunks.next()
                }
            }
            let chunks: Chunks
            let pause: @Sendable () async throws -> Void
            func makeAsyncIterator() -> Iterator { Iterator(chunks: chunks.makeAsyncIterator(), pause: pause) }
        }
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            let body = PausingChunks(chunks: Chunks(StagedUser.body(StagedUser.crowd(4_500)), size: 1 << 17)) {
                try await workspace.files.forgetIntakes()
                try await workspace.store.write { _ = try $0.staging.purge(includingFailures: false, limit: 100_000) }
            }

            await #expect(throws: ImportError.intakeExpired) {
                try await workspace.engine.staging.addUsers(from: body, format: .json)
            }

            #expect(try await workspace.store.read { try $0.staging.recordCount(of: operation.id) } == 0)
            #expect(try await workspace.current().phase == .created)
        }
    }

    @Test func `when the connection breaks off, then nothing stays of what had arrived`() async throws {
        struct BrokenConnection: Error {}
        struct BrokenChunks: AsyncSequence, Sendable {
            struct Iterator: AsyncIteratorProtocol {
                var chunks: Chunks.Iterator
                mutating func next() async throws -> [UInt8]? {
                    guard let chunk = try await chunks.next() else { throw BrokenConnection() }
                    return chunk
                }
            }
            let chunks: Chunks
            func makeAsyncIterator() -> Iterator { Iterator(chunks: chunks.makeAsyncIterator()) }
        }
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            let body = BrokenChunks(chunks: Chunks(StagedUser.body(StagedUser.crowd(4_500))))

            await #expect(throws: BrokenConnection.self) {
                try await workspace.engine.staging.addUsers(from: body, format: .json)
            }

            #expect(try await workspace.store.read { try $0.staging.recordCount(of: operation.id) } == 0)
            try await workspace.add([StagedUser("ada")])
            #expect(try await workspace.current().totalCounts.total == 1)
        }
    }
}
