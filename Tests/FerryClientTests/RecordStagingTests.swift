import HostileServers
import ImportAPI
import JSON
import Synchronization
import Testing

@testable import FerryClient

@Suite("Given users to stage in batches", .timeLimit(.minutes(5)))
struct RecordStagingTests {
    private static func users(_ count: Int) -> AsyncStream<StagedUserBody> {
        (0..<count).map { StagedUserBody(emails: ["p\($0)@example.com"], importIds: ["\($0)"]) }.async
    }

    private static func batches(of records: Int) -> ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.batches.records = records
        return configuration
    }

    /// How many users the body of a request has.
    private func count(_ body: String) throws -> Int {
        guard case .array(let users)? = try JSONValue(parsing: body)["users"] else { return -1 }
        return users.count
    }

    @Test func `when there are more than a batch holds, then each request has at most as many`() async throws {
        try await TestClient.with(
            ["import.status": .staged(0, state: "new"), "import.addUsers": .success],
            configuration: Self.batches(of: 3)
        ) { test in
            let batches = Mutex<[StagedBatch]>([])
            let count = try await test.client.stageUsers(Self.users(8)) { batch in
                batches.withLock { $0.append(batch) }
            }

            #expect(count == 8)
            #expect(try test.bodies(of: "import.addUsers").map(self.count) == [3, 3, 2])
            #expect(batches.withLock { $0.map(\.total) } == [3, 6, 8])
            #expect(batches.withLock { $0.map(\.number) } == [1, 2, 3])
        }
    }

    @Test func `when a batch would have too many bytes, then it ends before`() async throws {
        var configuration = ClientConfiguration()
        configuration.batches.bytes = 150
        try await TestClient.with(
            ["import.status": .staged(0), "import.addUsers": .success], configuration: configuration
        ) { test in
            var long = StagedUserBody(emails: ["long@example.com"], importIds: ["l"])
            long.bio = String(repeating: "x", count: 500)
            try await test.client.stageUsers([long].async)
            try await test.client.stageUsers(Self.users(5))
            let bodies = test.bodies(of: "import.addUsers")

            #expect(try bodies.map(count) == [1, 2, 2, 1])
            #expect(bodies.dropFirst().allSatisfy { $0.utf8.count <= 150 })
        }
    }

    @Test func `when there are none, then nothing is sent`() async throws {
        try await TestClient.with(["import.status": .staged(0), "import.addUsers": .success]) { test in
            let count = try await test.client.stageUsers(Self.users(0))

            #expect(count == 0)
            #expect(test.requests(for: "import.addUsers") == 0)
        }
    }

    @Test(arguments: [
        HostileServer.Answer.close, .bytesAndClose("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"succ"),
        .json("<html>", status: "502 Bad Gateway"), .json("garbage"),
        .json(
            #"{"success":false,"error":"The connection broke [error-storage-outcome-unknown]"}"#,
            status: "503 Service Unavailable"),
        .json(#"{"success":false,"error":"Internal server error"}"#, status: "500 Internal Server Error"),
    ])
    func `when a response is lost and the count has grown, then the batch is not sent again`(
        answer: HostileServer.Answer
    ) async throws {
        try await TestClient.with(
            ["import.status": .inTurn([.staged(10), .staged(12)]), "import.addUsers": .inTurn([answer, .success])],
            configuration: Self.batches(of: 2)
        ) { test in
            let confirmed = Mutex<[Bool]>([])
            try await test.client.stageUsers(Self.users(4)) { batch in
                confirmed.withLock { $0.append(batch.isConfirmedByCount) }
            }

            #expect(confirmed.withLock { $0 } == [true, false])
            #expect(test.requests(for: "import.addUsers") == 2)
        }
    }

    @Test func `when the count grows late, then the batch is not sent again`() async throws {
        try await TestClient.with([
            "import.status": .inTurn([.staged(10), .staged(10), .staged(10), .staged(14)]),
            "import.addUsers": .close,
        ]) { test in
            try await test.client.stageUsers(Self.users(4))

            #expect(test.requests(for: "import.addUsers") == 1)
            #expect(test.pauses.all == [.seconds(2), .seconds(2)])
        }
    }

    @Test func `when a response is lost and the count stays, then the batch is sent again`() async throws {
        let before = Array(repeating: HostileServer.Answer.staged(10), count: 7)
        try await TestClient.with([
            "import.status": .inTurn(before + [.staged(14)]), "import.addUsers": .inTurn([.close, .success]),
        ]) { test in
            let count = try await test.client.stageUsers(Self.users(4))
            let bodies = test.bodies(of: "import.addUsers")

            #expect(count == 4)
            #expect(bodies.count == 2)
            #expect(bodies.first == bodies.last)
            // The count was read at the beginning, six times over the settling time, and at the end.
            #expect(test.requests(for: "import.status") == 8)
        }
    }

    @Test func `when a batch turns out to be staged twice, then the call fails`() async throws {
        let before = Array(repeating: HostileServer.Answer.staged(10), count: 7)
        try await TestClient.with([
            "import.status": .inTurn(before + [.staged(18)]), "import.addUsers": .inTurn([.close, .success]),
        ]) { test in
            let error = await #expect(throws: TransportError.self) { try await test.client.stageUsers(Self.users(4)) }

            #expect(error?.reason == .stagedCountDiffers(expected: 14, found: 18))
        }
    }

    @Test(arguments: [11, 15, 9, 0])
    func `when the count fits neither outcome, then the call fails`(count: Int) async throws {
        try await TestClient.with([
            "import.status": .inTurn([.staged(10), .staged(count)]), "import.addUsers": .close,
        ]) { test in
            let error = await #expect(throws: TransportError.self) { try await test.client.stageUsers(Self.users(4)) }

            #expect(error?.reason == .stagedCountDiffers(expected: 10, found: count))
            #expect(error?.isOutcomeUnknown == true)
            #expect(test.requests(for: "import.addUsers") == 1)
        }
    }

    @Test func `when another operation became current, then the call fails`() async throws {
        try await TestClient.with([
            "import.status": .inTurn([.staged(10), .staged(14, id: "another")]), "import.addUsers": .close,
        ]) { test in
            let error = await #expect(throws: TransportError.self) { try await test.client.stageUsers(Self.users(4)) }

            #expect(error?.reason == .operationReplaced)
            #expect(test.requests(for: "import.addUsers") == 1)
        }
    }

    @Test func `when every response is lost, then the error says that the last batch is not staged`() async throws {
        var configuration = Self.batches(of: 2)
        configuration.retries.attempts = 2
        try await TestClient.with(
            ["import.status": .staged(10), "import.addUsers": .close], configuration: configuration
        ) { test in
            let error = await #expect(throws: TransportError.self) { try await test.client.stageUsers(Self.users(4)) }

            #expect(error?.reason == .connectionLost)
            #expect(error?.isOutcomeUnknown == false)
            #expect(test.requests(for: "import.addUsers") == 2)
        }
    }

    @Test func `when a user of a later batch is invalid, then the index counts from the first user`() async throws {
        let rejection = HostileServer.Answer.json(
            #"{"success":false,"error":"Users are missing required data.","#
                + #""import":{"code":"missing-email","index":1,"field":"emails"}}"#, status: "400 Bad Request")
        try await TestClient.with(
            ["import.status": .staged(0), "import.addUsers": .inTurn([.success, .success, rejection])],
            configuration: Self.batches(of: 3)
        ) { test in
            let error = await #expect(throws: ServerError.self) { try await test.client.stageUsers(Self.users(9)) }

            #expect(error?.index == 7)
            #expect(error?.code == "missing-email")
            #expect(test.requests(for: "import.addUsers") == 3)
        }
    }

    @Test func `when the server is busy, then the batch is sent again without a look at the count`() async throws {
        let busy = HostileServer.Answer.json(
            #"{"success":false,"error":"Wait. [error-too-many-requests]"}"#, status: "429 Too Many Requests",
            header: "Retry-After: 2\r\n")
        try await TestClient.with(["import.status": .staged(0), "import.addUsers": .inTurn([busy, .success])]) { test in
            try await test.client.stageUsers(Self.users(2))

            #expect(test.requests(for: "import.addUsers") == 2)
            #expect(test.requests(for: "import.status") == 1)
        }
    }

    @Test func `when the sequence fails, then its error is thrown and earlier batches stay staged`() async throws {
        struct Unreadable: Error {}
        try await TestClient.with(
            ["import.status": .staged(0), "import.addUsers": .success], configuration: Self.batches(of: 2)
        ) { test in
            let users = AsyncThrowingStream<StagedUserBody, any Error> { stream in
                for number in 0..<3 {
                    stream.yield(StagedUserBody(emails: ["a@example.com"], importIds: ["\(number)"]))
                }
                stream.finish(throwing: Unreadable())
            }
            await #expect(throws: Unreadable.self) { try await test.client.stageUsers(users) }

            #expect(test.requests(for: "import.addUsers") == 1)
        }
    }
}

extension Array where Element: Sendable {
    /// The elements as an asynchronous sequence.
    var async: AsyncStream<Element> {
        AsyncStream { stream in
            for element in self { stream.yield(element) }
            stream.finish()
        }
    }
}
