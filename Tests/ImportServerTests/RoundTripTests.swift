import Foundation
import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import ImportFixtures
import JSON
import Testing

@testable import ImportServer

@Suite("Given requests that a client makes of the contract's types")
struct RequestRoundTripTests {
    /// The query and body that the server reads from a request.
    private func received<Query: Codable, Body: Codable, Output>(
        _ call: APICall<Query, Body, Output>, _ query: Query, _ body: Body? = nil, parameters: [String] = []
    ) throws -> RequestInput<Query, Body> {
        let head = HTTPRequest(
            method: .get, scheme: nil, authority: nil, path: try call.target(query: query))
        let bytes = try body.map { ByteBuffer(bytes: try JSONEncoder().encode($0)) } ?? ByteBuffer()
        return RequestInput(
            request: Request(head: head, body: RequestBody(buffer: bytes)), queryShape: FieldShape(of: Query.self),
            bodyShape: FieldShape(of: Body.self))
    }

    private func expectSameQuery<Query: Codable & Sendable>(_ type: Query.Type, of endpoint: Endpoint) throws {
        for example in try ExampleDecoder.examples(of: type) {
            let read = try received(APICall<Query, NoFields, NoFields>(.get, endpoint.path), example).query
            #expect(WireJSON.data(read) == WireJSON.data(example), "\(endpoint.path)")
        }
    }

    private func expectSameBody<Body: Codable & Sendable>(_ type: Body.Type, of endpoint: Endpoint) async throws {
        for example in try ExampleDecoder.examples(of: type) {
            let call = APICall<NoFields, Body, NoFields>(.post, endpoint.path)
            let read = try await received(call, NoFields(), example).body()
            #expect(WireJSON.data(read) == WireJSON.data(example), "\(endpoint.path)")
        }
    }

    @Test func `when the query of a call is encoded, then the server reads the same one`() throws {
        for endpoint in ServerRouter.endpoints { try expectSameQuery(endpoint.types.query, of: endpoint) }
    }

    @Test func `when the body of a call is encoded, then the server reads the same one`() async throws {
        // The server streams these, and reads the form of sign-in leniently.
        let others: [any Codable.Type] = [
            AddUsersBody.self, AddChannelsBody.self, AddMessagesBody.self, UploadBody.self, StartBody.self,
            LoginBody.self,
        ]
        for endpoint in ServerRouter.endpoints where !others.contains(where: { $0 == endpoint.types.body }) {
            try await expectSameBody(endpoint.types.body, of: endpoint)
        }
    }

    @Test func `when values have characters with a meaning in URLs, then the server reads the same ones`() throws {
        var failures = FailureQuery()
        (failures.count, failures.type, failures.code) = (0, "ädä", "a b&c=d+e%f/ü")
        #expect(try received(ImportCalls.failures, failures).query == failures)

        var members = MemberFilterQuery()
        members.status = ["online", "off,line"]
        let direct = RoomPageQuery(DirectRoomSelector(), filter: members)
        // A comma separates items in every form of a list.
        #expect(
            try received(RoomFamilyCalls.directs.members, direct).query.filter.status == ["online", "off", "line"])

        #expect(try ServerCalls.setting.target("a b/c", query: NoFields()) == "/api/v1/settings/a%20b%2Fc")
        #expect(try ServerCalls.file.target("1", "ü.zip", query: NoFields()) == "/file-upload/1/%C3%BC.zip")
    }

    @Test(arguments: [
        JSONBody.string("a"), .boolean(false), .integer(5),
        .object(["a": .integer(1), "b": .array([.null, .number(1.5), .string("x")])]),
    ])
    func `when any JSON is encoded, then the server reads the same`(value: JSONBody) async throws {
        let body = SettingBody(value: value)

        #expect(try await received(ServerCalls.changeSetting, NoFields(), body).body() == body)
    }

    @Test func `when a body has a whole number, then it is read as one, and nothing else is`() throws {
        func count(_ json: String) throws -> Int? {
            let value = try JSONValue(parsing: json)
            return try BodyFields.decoded(value, as: PageQuery.self).count
        }

        #expect(try count(#"{"count": 5}"#) == 5)
        #expect(try count(#"{"count": null}"#) == nil)
        #expect(try count("{}") == nil)
        #expect(throws: APIFailure.self) { try count(#"{"count": 1.5}"#) }
        #expect(throws: APIFailure.self) { try count(#"{"count": "5"}"#) }
    }

    @Test func `when a selection is encoded, then the server reads the same one`() throws {
        var input = StartBody.Input()
        (input.users, input.channels) = (.everything, .listed(["1"]))

        let selection = try StartBodyParser(Array(JSONEncoder().encode(StartBody(input: input)))).selection

        #expect(selection == ImportSelection(users: .all, rooms: .listed(["1"]), contacts: .listed([])))
    }
}

@Suite("Given a client that makes calls with the contract's types", .onEveryStore)
struct CallRoundTripTests {
    /// Makes a call and decodes its response.
    @discardableResult
    private func make<Query: Codable, Body: Codable, Output: Codable>(
        _ call: APICall<Query, Body, Output>, _ query: Query, _ body: Body? = nil, on server: TestServer,
        as caller: TestServer.Credentials? = nil
    ) async throws -> Output {
        let bytes = try body.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        let answer = try await server.call(
            call.method == .get ? .get : .post, try call.target(query: query), body: bytes,
            as: caller ?? server.administrator)
        #expect(answer.status == 200, "\(call.path): \(answer.body)")
        return try JSONDecoder().decode(Output.self, from: Data(answer.bytes))
    }

    @Test func `when records are staged and imported, then every call reads what the other wrote`() async throws {
        try await TestServer.with { server in
            let none = NoFields()
            #expect(try await make(ImportCalls.new, none, on: server).operation?.status == "importer_new")
            var user = StagedUserBody(emails: ["ada@example.com"], importIds: ["U1"])
            (user.username, user.utcOffset, user.roles) = ("ada", 5.5, ["user"])
            try await make(ImportCalls.addUsers, none, AddUsersBody(users: [user]), on: server)
            var room = StagedChannelBody(importIds: ["C1"], t: "c")
            (room.name, room.u, room.users) = ("town", .init(_id: "U1"), ["U1"])
            try await make(ImportCalls.addChannels, none, AddChannelsBody(channels: [room]), on: server)
            var message = StagedMessageBody(rid: "C1", u: .init(_id: "U1"))
            (message.msg, message.ts) = ("Hello", "2026-01-31T12:00:00.000Z")
            message.reactions = [":wave:": .init(users: ["U1"])]
            try await make(ImportCalls.addMessages, none, AddMessagesBody(messages: [message]), on: server)

            var input = StartBody.Input()
            (input.users, input.channels) = (.everything, .everything)
            try await make(ImportCalls.start, none, StartBody(input: input), on: server)
            try await server.workspace.finish()

            #expect(try await make(ImportCalls.status, none, on: server).state == "done")
            #expect(try await make(ImportCalls.progress, none, on: server).count.completed == 3)
            try await make(ImportCalls.currentOperation, none, on: server)
            try await make(ImportCalls.latestOperations, none, on: server)
            try await make(ImportCalls.importers, none, on: server)
            try await make(ImportCalls.failures, FailureQuery(), on: server)
            try await make(ImportCalls.findings, FindingQuery(), on: server)
            var selector = NamedRoomSelector()
            selector.roomName = "town"
            let query = RoomPageQuery(selector, filter: MessageFilterQuery())
            let messages = try await make(RoomFamilyCalls.channels.messages, query, on: server)
            #expect(messages.items.map(\.msg) == ["Hello"])
        }
    }
}
