import FerryClient
import Foundation
import HostileServers
import ImportAPI
import ImportFixtures
import Synchronization
import Testing
import ZipFixtures

@Suite("Given a client of a real server", .timeLimit(.minutes(10)))
struct LiveServerTests {
    private static func user(_ number: Int) -> StagedUserBody {
        var user = StagedUserBody(emails: ["p\(number)@example.com"], importIds: ["id\(number)"])
        (user.username, user.name) = ("p\(number)", "Person \(number)")
        return user
    }

    private static func users(_ numbers: Range<Int>) -> AsyncStream<StagedUserBody> { numbers.map(user).async }

    /// Bytes that a call writes.
    private final class Received: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        func append(_ chunk: [UInt8]) { bytes.withLock { $0 += chunk } }
        var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
    }

    @Test func `when somebody signs in by password, digest or token, then calls are those of the account`() async throws
    {
        try await LiveServer.with { server in
            // The SHA-256 of the password.
            let digest = "4104D36F8DA2C254349F85836793EBE029E0C957063A34C91C2E9203187B5631"
            var client = try FerryClient(server.url + "/")
            await #expect(throws: ServerError.self) {
                try await client.signIn(with: .password(user: "admin", password: "wrong"))
            }
            #expect(client.session == nil)
            let session = try await client.signIn(
                with: .digest(user: "admin@example.com", sha256: digest))
            #expect(try await client.workspace.me().user.username == "admin")
            var second = try FerryClient(server.url)
            #expect(try await second.signIn(with: .token(session.token)) == session)
            let third = try FerryClient(server.url, session: session)
            #expect(try await third.status().state == "none")
            try await client.signOut()

            #expect(client.session == nil)
            let error = await #expect(throws: ServerError.self) { try await third.status() }
            #expect(error?.status == 401)
        }
    }

    @Test func `when a personal access token is generated, then a client works with it until it is removed`()
        async throws
    {
        try await LiveServer.with { server in
            let workspace = server.client.workspace
            let first = try await workspace.generateToken(TokenGenerationBody(tokenName: "nightly"))
            let second = try await workspace.regenerateToken("nightly")
            #expect(first != second)
            #expect(try await workspace.tokens().map(\.lastTokenPart) == [String(second.suffix(6))])

            let id = try #require(server.client.session).userID
            let program = try FerryClient(server.url, session: Session(userID: id, token: second))
            #expect(try await program.status().state == "none")
            try await workspace.removeToken("nightly")

            let error = await #expect(throws: ServerError.self) { try await program.status() }
            #expect(error?.status == 401)
        }
    }

    @Test func `when users are staged in batches, checked and imported, then each is created once`() async throws {
        try await LiveServer.with { server in
            var configuration = ClientConfiguration()
            configuration.batches.records = 40
            let client = try FerryClient(
                server.url, session: server.client.session, configuration: configuration)
            let operation = try await client.newImport()
            let batches = Mutex(0)
            #expect(
                try await client.stageUsers(Self.users(0..<100)) { _ in batches.withLock { $0 += 1 } } == 100)
            #expect(batches.withLock { $0 } == 3)
            #expect(try await client.status().operation?.count?.users == 100)
            var query = CheckQuery()
            (query.records, query.count) = (true, 5)
            let check = try await client.check(records: query)
            let staged = try await client.records(RecordQuery(type: "user"))
            #expect(staged.total == 100)
            #expect(check.summary.users.create == 100)
            #expect(check.records?.count == 5)

            try await client.run(policy: PolicyBody(users: "bind"))
            let states = Mutex<[String]>([])
            let last = try await client.waitUntilEnded { report in states.withLock { $0.append(report.state) } }

            #expect(last.state == "done")
            #expect(last.counts.users?.created == 100)
            #expect(last.operationId == operation._id)
            #expect(states.withLock { $0.last } == "done")
            #expect(try await client.currentProgress().count.completed == 100)
            #expect(try await client.currentOperation()?._id == operation._id)
            #expect(try await client.latestOperations().map(\._id) == [operation._id])
            #expect(try await client.history().items.first?.totals.created == 100)
            #expect(try await client.report().operation._id == operation._id)
            #expect(try await client.report(as: .markdown).contains("100"))
        }
    }

    @Test func `when an index is invalid in a later batch, then the error has its index in the sequence`() async throws
    {
        try await LiveServer.with { server in
            var configuration = ClientConfiguration()
            configuration.batches.records = 4
            let client = try FerryClient(server.url, session: server.client.session, configuration: configuration)
            try await client.newImport()
            var users = (0..<10).map(Self.user)
            users[6].emails = []
            let error = await #expect(throws: ServerError.self) { try await client.stageUsers(users.async) }

            #expect(error?.index == 6)
            #expect(error?.message.contains("required data") == true)
            #expect(try await client.status().operation?.count?.users == 4)
        }
    }

    @Test(arguments: [true, false])
    func `when the connection breaks at a batch, then each user is staged once`(isDelivered: Bool) async throws {
        try await LiveServer.with { server in
            let port = try #require(Int(server.url.split(separator: ":").last ?? ""))
            try await UnreliableLine.run(to: port) { line in
                var configuration = ClientConfiguration()
                configuration.batches.records = 10
                configuration.settling = .milliseconds(50)
                let client = try FerryClient(
                    "http://127.0.0.1:\(line.port)", session: server.client.session, configuration: configuration)
                try await client.newImport()
                line.schedule(.init(at: #""id15""#, isDelivered: isDelivered, outage: .milliseconds(100)))
                #expect(try await client.stageUsers(Self.users(0..<40)) == 40)

                #expect(line.wasCut)
                #expect(try await server.client.status().operation?.count?.users == 40)
            }
        }
    }

    @Test func `when records fail, then they can be listed, downloaded, corrected and tried again`() async throws {
        try await LiveServer.with { server in
            let client = server.client
            try await client.newImport()
            var duplicates = [Self.user(1), Self.user(2), Self.user(3)]
            duplicates[1].emails = ["admin@example.com"]
            duplicates[2].emails = ["admin@example.com"]
            try await client.addUsers(duplicates)
            try await client.run()
            let first = try await client.waitUntilEnded()
            #expect(first.failed == 2)
            let failures = try await client.failures()
            #expect(failures.total == 2)
            let table = Received()
            try await client.failures(as: .csv) { table.append($0) }
            #expect(table.text.contains("failure.id"))
            let lines = Received()
            try await client.failures(as: .jsonl) { lines.append($0) }
            #expect(lines.text.split(separator: "\n").count == 2)

            var corrections = RetryBody()
            corrections.records = [
                .init(
                    id: failures.failures[0].id,
                    data: .object([
                        "emails": .array([.string("p2@example.com")]), "importIds": .array([.string("id2")]),
                    ])),
                .init(id: failures.failures[1].id, skip: true),
            ]
            let retry = try await client.retry(corrections)
            #expect(retry.retried == 2)
            let last = try await client.waitUntilEnded(retry.operation._id)
            #expect(last.failed == 0)
            let undo = try await client.undo(UndoBody(dryRun: true))
            #expect(undo.summary.users.removed == 2)
            _ = try await client.undo()
            let undone = try await client.waitUntilEnded()
            #expect(undone.undone)
            #expect(try await client.kept().total == 0)
            #expect(try await !client.delete(operationID: retry.operation._id).isEmpty)
        }
    }

    @Test func `when failed records come back as a file, then they are tried again`() async throws {
        try await LiveServer.with { server in
            let client = server.client
            try await client.newImport()
            var user = Self.user(1)
            user.emails = ["admin@example.com"]
            try await client.addUsers([user])
            try await client.run()
            try await client.waitUntilEnded()
            let table = Received()
            try await client.failures(as: .csv) { table.append($0) }
            let corrected = table.text.replacingOccurrences(of: "admin@example.com", with: "p1@example.com")
            let chunks = stride(from: 0, to: corrected.utf8.count, by: 7).map {
                Array(corrected.utf8.dropFirst($0).prefix(7))
            }
            let retry = try await client.retry(from: UploadFile(chunks.async, name: "failures.csv"), as: .csv)

            #expect(retry.corrected == 1)
            let repeated = try await client.waitUntilEnded(retry.operation._id)
            #expect(repeated.failed == 0)
        }
    }

    @Test(arguments: [(UploadForm.base64, true), (.base64, false), (.multipart, true), (.multipart, false)])
    func `when a file is uploaded, read and imported, then its records are in the workspace`(
        form: UploadForm, isFile: Bool
    ) async throws {
        let archive = StoredZip([
            .init("users.csv", "mara,mara@example.org,Mara\nodo,odo@example.org,Odo\n"),
            .init("channels.csv", "quay,mara,public,mara;odo\n"), .init("quay/1.csv", "mara,1514764800000,hello\n"),
        ]).bytes
        try await LiveServer.with { server in
            let client = server.client
            #expect(try await client.importers().contains { $0.key == "csv" })
            let path = FileManager.default.temporaryDirectory.appending(path: "ferry-client-\(UUID().uuidString).zip")
            try Data(archive).write(to: path)
            defer { try? FileManager.default.removeItem(at: path) }  // What is left is in a temporary directory.
            let parts = stride(from: 0, to: archive.count, by: 100).map { Array(archive.dropFirst($0).prefix(100)) }
            let file =
                try isFile ? UploadFile(path) : UploadFile(parts.async, name: "a \"quoted\"\r\nname.zip")
            try await client.upload(file, importerKey: "csv", form: form)
            let data = try await client.waitForFileData()
            #expect(data.users.map(\.username) == ["mara", "odo"])
            #expect(data.message_count == 1)
            #expect(try await client.findings().total == 0)
            var input = StartBody.Input()
            (input.users, input.channels) = (.everything, .everything)
            try await client.startImport(input)
            let imported = try await client.waitUntilEnded()
            #expect(imported.state == "done")

            let workspace = client.workspace
            var query = RoomQuery()
            query.roomName = "quay"
            let room = try await workspace.room(query)
            var selector = NamedRoomSelector()
            selector.roomName = "quay"
            let messages = try await workspace.messages(
                of: .channels, RoomPageQuery(selector, filter: MessageFilterQuery()))
            #expect(messages.items.map(\.msg) == ["hello"])
            #expect(try await workspace.message(messages.items[0]._id).rid == room._id)
            #expect(try await workspace.search(SearchQuery(roomId: room._id, searchText: "hello")).count == 1)
            #expect(
                try await workspace.history(of: .channels, RoomPageQuery(selector, filter: HistoryFilterQuery()))
                    .messages.count == 1)
            #expect(
                try await workspace.members(of: .channels, RoomPageQuery(selector, filter: MemberFilterQuery())).total
                    == 2)
            #expect(try await workspace.channel(selector)._id == room._id)
            #expect(try await workspace.allRooms().items.contains { $0.name == "quay" })
            #expect(try await workspace.rooms(of: .channels, "list").items.contains { $0._id == room._id })
            #expect(try await workspace.rooms().update.isEmpty)
            #expect(try await workspace.users().items.contains { $0.username == "odo" })
            var mara = UserQuery()
            mara.username = "mara"
            #expect(try await workspace.user(mara).name == "Mara")
        }
    }

    @Test func `when an upload is rejected early, then the error of the server is thrown`() async throws {
        try await LiveServer.with { server in
            let chunks = AsyncStream<[UInt8]> { [UInt8](repeating: 1, count: 64 << 10) }
            let error = await #expect(throws: ServerError.self) {
                try await server.client.upload(
                    UploadFile(chunks, name: "a.zip", size: 1 << 30), importerKey: "no such importer")
            }

            #expect(error?.code == "error-importer-not-defined")
        }
    }

    @Test func `when the content of an upload fails, then its error is thrown and nothing is stored`() async throws {
        struct Unreadable: Error {}
        try await LiveServer.with { server in
            let chunks = AsyncThrowingStream<[UInt8], any Error> { stream in
                stream.yield([1, 2, 3])
                stream.finish(throwing: Unreadable())
            }
            await #expect(throws: Unreadable.self) {
                try await server.client.upload(UploadFile(chunks, name: "a.zip", size: 100), importerKey: "csv")
            }
            let status = try await server.client.status()
            #expect(status.state == "none")
        }
    }

    @Test func `when an import is paused, resumed and cancelled, then the responses say so`() async throws {
        try await LiveServer.with { server in
            let client = server.client
            try await client.newImport()
            try await client.addUsers([Self.user(1)])
            let error = await #expect(throws: ServerError.self) { try await client.resume() }
            #expect(error?.state == "ready")
            #expect(error?.next.isEmpty == false)
            #expect(try await client.cancel().state == "canceled")
            let canceled = try await client.waitUntilEnded()
            #expect(canceled.state == "canceled")
            await #expect(throws: ServerError.self) { try await client.pause() }
            try await client.clear()
            #expect(try await client.downloads().total == 0)
            #expect(try await client.downloadPendingAvatars() == 0)
            #expect(try await client.downloadPendingFiles() == 0)
            #expect(try await client.retryDownloads() == 0)
            #expect(try await client.skipDownloads() == 0)
        }
    }

    @Test func `when rooms and messages are staged, then they are imported`() async throws {
        try await LiveServer.with { server in
            let client = server.client
            try await client.newImport()
            try await client.stageUsers(Self.users(0..<2))
            var room = StagedChannelBody(importIds: ["r"], t: "p")
            (room.name, room.users) = ("quay", ["id0", "id1"])
            room.u = StagedUserReference(_id: "id0")
            #expect(try await client.stageRooms([room].async) == 1)
            var message = StagedMessageBody(rid: "r", u: StagedUserReference(_id: "id1"))
            (message.msg, message.ts) = ("hello", "2026-01-31T12:00:00.000Z")
            #expect(try await client.stageMessages([message].async) == 1)
            try await client.addRooms([])
            try await client.addMessages([])
            try await client.run()
            let last = try await client.waitUntilEnded()

            #expect(last.counts.messages?.created == 1)
            #expect(last.counts.channels?.created == 1)
        }
    }

    @Test func `when accounts, roles and settings are managed, then the calls return what they document`() async throws
    {
        try await LiveServer.with { server in
            let workspace = server.client.workspace
            var values = UserValuesBody()
            values.password = "a password"
            let created = try await workspace.createUser(
                UserCreationBody(email: "new@example.com", name: "New", username: "new", values: values))
            #expect(created.username == "new")
            let roles = try await workspace.roles()
            #expect(roles.contains { $0._id == "admin" })
            let permissions = try await workspace.permissions()
            #expect(permissions.update.contains { $0._id == "run-import" })
            #expect(
                try await workspace.updatePermissions(
                    PermissionsUpdateBody(permissions: [.init(_id: "run-import", roles: ["admin"])])
                ).contains { $0._id == "run-import" })
            let value = try await workspace.setting("API_Enable_Rate_Limiter")
            try await workspace.changeSetting("API_Enable_Rate_Limiter", to: value)
            #expect(try await workspace.info().info?.name == "Ferry")
            #expect(try await workspace.readiness().status != "")
            let avatar = Received()
            try await workspace.avatar(of: "new") { avatar.append($0) }
            #expect(avatar.text.contains("svg"))
            let error = await #expect(throws: ServerError.self) {
                try await workspace.file("none", name: "none") { _ in }
            }
            #expect(error?.status == 404)
        }
    }
}
