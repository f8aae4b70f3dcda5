import FerryClient
import Foundation
import HostileServers
import ImportAPI
import JSON
import Testing

/// Examples of Rocket.Chat's documents, byte for byte.
///
/// Source: developer.rocket.chat, "Import" and "Bulk User Import".
@Suite("Given a server that responds as Rocket.Chat documents", .timeLimit(.minutes(5)))
struct RocketChatTests {
    private static let created = """
        {
          "operation": {
            "_id": "64d69545ee8ae821983005f5",
            "type": "api",
            "importerKey": "api",
            "ts": "2023-08-11T20:08:37.655Z",
            "status": "importer_new",
            "valid": true,
            "user": "rbAXPnMktTFbNpwtJ",
            "_updatedAt": "2023-08-11T20:08:37.655Z"
          },
          "success": true
        }
        """
    private static let users = """
        {"users":[{"username":"john.doe","emails":["john.doe@example.com"],"importIds":["1523"],"name":"John Doe",\
        "password":"P@ssw0rd"},{"username":"jane.doe","emails":["jane.doe@example.com"],"importIds":["1524"],\
        "name":"Jane Doe"}]}
        """
    private static let success = "{\n  \"success\": \"true\"\n}"

    /// The same JSON with fields in order.
    private func sorted(_ json: String) throws -> Data {
        try JSONSerialization.data(
            withJSONObject: JSONSerialization.jsonObject(with: Data(json.utf8)), options: .sortedKeys)
    }

    @Test func `when an operation is created, then it is the documented one`() async throws {
        try await TestClient.with(["import.new": .json(Self.created)]) { test in
            let operation = try await test.client.newImport()

            #expect(operation._id == "64d69545ee8ae821983005f5")
            #expect(operation.status == ImportStatus.new.rawValue)
            #expect(operation.count == nil)
            let header = try #require(test.server.requests.first)
            #expect(header.hasPrefix("POST /api/v1/import.new HTTP/1.1\r\n"))
            #expect(header.contains("X-User-Id: CkCPNctrgCDfmWLqC\r\n"))
            #expect(header.contains("X-Auth-Token: a secret token\r\n"))
        }
    }

    @Test func `when the documented users are added, then the request is the documented one`() async throws {
        try await TestClient.with(["import.addUsers": .json(Self.success)]) { test in
            var john = StagedUserBody(emails: ["john.doe@example.com"], importIds: ["1523"])
            (john.username, john.name, john.password) = ("john.doe", "John Doe", "P@ssw0rd")
            var jane = StagedUserBody(emails: ["jane.doe@example.com"], importIds: ["1524"])
            (jane.username, jane.name) = ("jane.doe", "Jane Doe")
            try await test.client.addUsers([john, jane])
            let body = try #require(test.bodies(of: "import.addUsers").first)

            #expect(try sorted(body) == sorted(Self.users))
            #expect(try JSONDecoder().decode(AddUsersBody.self, from: Data(Self.users.utf8)).users == [john, jane])
            #expect(test.server.requests.first?.contains("Content-Type: application/json\r\n") == true)
        }
    }

    @Test func `when a selection is started, then the request is the documented one with Booleans`() async throws {
        let documented = #"{"input":{"users":{"all":true},"channels":{"list":["WDuJLFkjwk6L7LdFC"]}}}"#
        try await TestClient.with(["startImport": .json("{\n  \"success\": true\n}")]) { test in
            var input = StartBody.Input()
            (input.users, input.channels) = (.everything, .listed(["WDuJLFkjwk6L7LdFC"]))
            try await test.client.startImport(input)

            #expect(try sorted(test.bodies(of: "startImport")[0]) == sorted(documented))
        }
    }

    @Test func `when calls succeed as documented, then the client accepts both forms of success`() async throws {
        try await TestClient.with([
            "import.run": .json(Self.success), "import.clear": .json("{\n  \"success\": true\n}"),
        ]) {
            test in
            try await test.client.run()
            try await test.client.clear()

            #expect(test.bodies(of: "import.run") == [""])
        }
    }

    @Test func `when file data has the documented fields only, then the client reads it`() async throws {
        let data = "{\n  \"users\": [],\n  \"channels\": [],\n  \"message_count\": 0,\n  \"success\": true\n}"
        try await TestClient.with(["getImportFileData": .json(data)]) { test in
            let selection = try await test.client.waitForFileData()

            #expect(selection.users.isEmpty && selection.contacts.isEmpty && selection.message_count == 0)
        }
    }

    @Test func `when a user lacks the field that Rocket.Chat does not compute, then the client reads it`() async throws
    {
        let data =
            #"{"users":[{"user_id":"1","username":"a","is_deleted":false,"is_bot":false,"do_import":true}],"#
            + #""channels":[],"message_count":0,"success":true}"#
        try await TestClient.with([
            "getImportFileData": .inTurn([.json(#"{"waiting":true,"success":true}"#), .json(data)])
        ]) { test in
            let selection = try await test.client.waitForFileData()

            #expect(selection.users.first?.is_email_taken == false)
            #expect(test.pauses.all == [.seconds(1)])
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(FileDataResponse.self, from: Data(data.utf8))
        }
    }

    @Test func `when the progress has the documented fields only, then the client reads it`() async throws {
        let progress = """
            {
              "key": "pending-avatars",
              "name": "Pending Avatars",
              "step": "importer_user_selection",
              "count": {
                "completed": 0,
                "total": 0
              },
              "success": true
            }
            """
        try await TestClient.with(["getImportProgress": .json(progress)]) { test in
            let progress = try await test.client.currentProgress()

            #expect(progress.step == ImportStatus.userSelection.rawValue)
            #expect(progress.count.error == 0)
        }
    }

    @Test(arguments: [
        (
            "401 Unauthorized", "{\n  \"status\": \"error\",\n  \"message\": \"You must be logged in to do this.\"\n}",
            "You must be logged in to do this.", nil
        ),
        (
            "403 Forbidden",
            "{\n  \"success\": \"false\",\n  \"error\": "
                + "\"User does not have the permissions required for this action [error-unauthorized]\"\n}",
            "User does not have the permissions required for this action [error-unauthorized]", "error-unauthorized"
        ),
        (
            "400 Bad Request", #"{"success":false,"error":"error-operation-not-found"}"#, "error-operation-not-found",
            "error-operation-not-found"
        ),
    ])
    func `when a call fails as documented, then the error has the documented text`(
        status: String, body: String, message: String, code: String?
    ) async throws {
        try await TestClient.with(["import.run": .json(body, status: status)]) { test in
            let error = await #expect(throws: ServerError.self) { try await test.client.run() }

            #expect(error?.message == message)
            #expect(error?.code == code)
            #expect(error.map { "\($0.status)" } == String(status.prefix(3)))
        }
    }

    @Test func `when it has the documented calls only, then an import runs to its end`() async throws {
        try await TestClient.with([
            "login": .json(
                #"{"status":"success","data":{"userId":"u","authToken":"t","me":{"_id":"u","settings":{}}}}"#),
            "import.new": .json(Self.created), "import.addUsers": .json(Self.success),
            "import.run": .json(Self.success),
            "import.events": .json(#"{"success":false,"error":"unauthorized"}"#, status: "404 Not Found"),
            "import.status": .inTurn([
                .staged(0, state: "new"), .staged(2, state: "importing"), .staged(2, state: "done"),
            ]),
        ]) { test in
            var client = test.client
            let session = try await client.signIn(with: .digest(user: "admin", sha256: "ABCD"))
            try await client.newImport()
            try await client.stageUsers(
                [
                    StagedUserBody(emails: ["a@example.com"], importIds: ["1"]),
                    StagedUserBody(emails: ["b@example.com"], importIds: ["2"]),
                ].async)
            try await client.run()
            let last = try await client.waitUntilEnded()

            #expect(session == Session(userID: "u", token: "t"))
            #expect(last.state == "done")
            let login = try JSONValue(parsing: try #require(test.bodies(of: "login").first))
            #expect(login["password"]?["digest"] == .string("abcd"))
            #expect(login["password"]?["algorithm"] == .string("sha-256"))
        }
    }
}
