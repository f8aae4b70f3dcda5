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

    @Test func `when a query is encoded, then the server reads the same one`() throws {
        var failures = FailureQuery()
        (failures.offset, failures.count, failures.type, failures.code) = (7, 0, "user", "a b&c=d+e%f/ü")
        #expect(try received(ImportCalls.failures, failures).query == failures)
        #expect(try received(ImportCalls.failures, FailureQuery()).query == FailureQuery())

        var members = MemberFilterQuery()
        members.status = ["online", "off,line"]
        var room = DirectRoomSelector()
        room.username = "ädä"
        var page = SortedPageQuery()
        page.sort = #"{"name": -1}"#
        let direct = RoomPageQuery(room, page: page, filter: members)
        let readMembers = try received(RoomFamilyCalls.directs.members, direct).query
        #expect(readMembers.room == room)
        #expect(readMembers.page == page)
        // A comma separates items in every form of a list.
        #expect(readMembers.filter.status == ["online", "off", "line"])

        var messages = MessageFilterQuery()
        (messages.pinned, messages.mentionIds) = (true, ["a", "b"])
        let channel = RoomPageQuery(NamedRoomSelector(), filter: messages)
        #expect(try received(RoomFamilyCalls.channels.messages, channel).query == channel)

        var history = HistoryFilterQuery()
        (history.oldest, history.inclusive, history.unreads) = ("2026-01-31T12:00:00.000Z", false, true)
        let group = RoomPageQuery(NamedRoomSelector(), filter: history)
        #expect(try received(RoomFamilyCalls.groups.history, group).query == group)

        let search = SearchQuery(roomId: "town", searchText: "1+1")
        #expect(try received(ChatCalls.search, search).query == search)
    }

    @Test func `when a path has parameters, then they are filled in`() throws {
        #expect(try ServerCalls.setting.target("a b/c", query: NoFields()) == "/api/v1/settings/a%20b%2Fc")
        #expect(try ServerCalls.file.target("1", "ü.zip", query: NoFields()) == "/file-upload/1/%C3%BC.zip")
    }

    @Test func `when a body is encoded, then the server reads the same one`() async throws {
        var values = UserValuesBody()
        (values.password, values.setRandomPassword, values.roles) = ("secret", false, ["user", "bot"])
        values.customFields = .object(["a": .integer(1), "b": .array([.null, .number(1.5), .string("x")])])
        let creation = UserCreationBody(email: "a@b.c", name: "", username: "ada", values: values)
        #expect(try await received(UserCalls.create, NoFields(), creation).body() == creation)

        var change = UserUpdateBody.Change()
        (change.name, change.values) = ("Ada", values)
        let update = UserUpdateBody(userId: "1", data: change)
        #expect(try await received(UserCalls.update, NoFields(), update).body() == update)

        let active = ActiveStatusBody(userId: "1", activeStatus: true)
        #expect(try await received(UserCalls.setActiveStatus, NoFields(), active).body() == active)
        let grants = PermissionsUpdateBody(permissions: [.init(_id: "run-import", roles: ["admin", "user"])])
        #expect(try await received(RoleCalls.updatePermissions, NoFields(), grants).body() == grants)
        let download = DownloadBody(fileUrl: "https://ferry.test/a", importerKey: "csv")
        #expect(try await received(ImportCalls.downloadFile, NoFields(), download).body() == download)
        #expect(try await received(ImportCalls.downloadPendingFiles, NoFields(), NoFields()).body() == NoFields())
    }

    @Test(arguments: [
        JSONBody.string("a"), .boolean(false), .integer(5),
    ])
    func `when a setting is encoded, then the server reads the same one`(value: JSONBody) async throws {
        let body = SettingBody(value: value)

        #expect(try await received(ServerCalls.changeSetting, NoFields(), body).body() == body)
    }

    @Test func `when a streamed body or a form of sign-in is encoded, then it is decoded to the same`() throws {
        func expectSame<Body: Codable & Equatable>(_ body: Body) throws {
            #expect(try JSONDecoder().decode(Body.self, from: JSONEncoder().encode(body)) == body)
        }
        var message = StagedMessageBody(rid: "C1", u: .init(_id: "1"))
        (message.reactions, message.attachments) = ([":a:": .init(users: ["1"])], [.object(["title": .string("a")])])
        try expectSame(AddMessagesBody(messages: [message]))
        var login = LoginBody()
        (login.user, login.password) = (.typed("ada"), .digest(.init(digest: "00")))
        try expectSame(login)
        var fields = LoginBody.UserFields()
        fields.email = "a@b.c"
        (login.user, login.password) = (.fields(fields), .plain("secret"))
        try expectSame(login)
        try expectSame(UploadBody(binaryContent: "AA==", contentType: "text/csv", fileName: "a", importerKey: "csv"))
        var input = StartBody.Input()
        (input.users, input.channels) = (.everything, .listed(["1"]))
        try expectSame(StartBody(input: input))
        #expect(try StartBodyParser(Array(JSONEncoder().encode(StartBody(input: input)))).selection.users == .all)
    }
}

@Suite("Given a client that makes calls with the contract's types", .onEveryStore)
struct CallRoundTripTests {
    /// Makes a call, and expects its response to be the same after it was decoded and encoded again.
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
        let output = try JSONDecoder().decode(Output.self, from: Data(answer.bytes))
        #expect(String(decoding: WireJSON.data(output), as: UTF8.self) == answer.body, "\(call.path)")
        return output
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
            try await make(ImportCalls.findings, PageQuery(), on: server)
            var selector = NamedRoomSelector()
            selector.roomName = "town"
            let query = RoomPageQuery(selector, filter: MessageFilterQuery())
            let messages = try await make(RoomFamilyCalls.channels.messages, query, on: server)
            #expect(messages.items.map(\.msg) == ["Hello"])
        }
    }

    @Test func `when a workspace is read, then no field of a response is lost`() async throws {
        try await RoomScene.with { server, people in
            let none = NoFields()
            try await make(SessionCalls.me, none, on: server)
            var user = UserQuery()
            (user.username, user.includeUserRooms) = ("ada", true)
            try await make(UserCalls.info, user, on: server)
            try await make(UserCalls.list, UserListQuery(), on: server)
            try await make(RoleCalls.list, none, on: server)
            try await make(RoleCalls.permissions, ChangesQuery(), on: server)
            try await make(RoomCalls.administration, AdministrationQuery(), on: server)
            try await make(RoomCalls.changes, ChangesQuery(), on: server, as: people.ada)
            var room = NamedRoomSelector()
            room.roomId = "town"
            try await make(RoomCalls.channel, room, on: server, as: people.ada)
            try await make(
                RoomFamilyCalls.channels.members, RoomPageQuery(room, filter: MemberFilterQuery()), on: server,
                as: people.ada)
            try await make(
                RoomFamilyCalls.channels.messages, RoomPageQuery(room, filter: MessageFilterQuery()), on: server,
                as: people.ada)
            try await make(
                RoomFamilyCalls.channels.history, RoomPageQuery(room, filter: HistoryFilterQuery()), on: server,
                as: people.ada)
            try await make(ChatCalls.thread, ThreadQuery(tmid: "t1"), on: server, as: people.ada)
            try await make(ChatCalls.message, MessageQuery(msgId: "t1"), on: server, as: people.ada)
            try await make(ServerCalls.infoByVersion, none, on: server)
        }
    }
}
