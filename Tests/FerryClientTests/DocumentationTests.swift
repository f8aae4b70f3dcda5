import FerryClient
import Foundation
import ImportAPI
import ImportFixtures
import Testing
import ZipFixtures

@testable import ImportExample

/// The examples of the documentation, compiled and run. Each block of the documents is in this file, line by line.
@Suite("Given the examples of the client's documentation", .timeLimit(.minutes(5)))
struct DocumentationTests {
    private struct Row: Sendable {
        var email: String
        var number: String
        var username: String
    }

    private let rows = [
        Row(email: "ada@example.com", number: "1", username: "ada"),
        Row(email: "admin@example.com", number: "2", username: "mary"),
    ]

    @Test func `when the first example runs, then the users are imported`() async throws {
        let people = [StagedUserBody(emails: ["ada@example.com"], importIds: ["1"])].async
        try await LiveServer.with { server in
            let (address, password) = (server.url, TestWorkspace.password)
            var client = try FerryClient(address)
            try await client.signIn(with: .password(user: "admin", password: password))
            try await client.newImport()
            try await client.stageUsers(people)
            try await client.run()
            let result = try await client.waitUntilEnded()
            print("\(result.done - result.failed) of \(result.total) users are imported.")

            #expect(result.done == 1)
        }
    }

    @Test func `when the examples of users run, then one is imported and one skipped`() async throws {
        try await LiveServer.with { server in
            let address = server.url
            // The SHA-256 of the password.
            let digest = "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631"
            var client = try FerryClient(address)
            let session = try await client.signIn(with: .digest(user: "admin", sha256: digest))
            let later = try FerryClient(address, session: session)
            print(try await later.workspace.me().user.username ?? "")

            let people = AsyncStream<StagedUserBody> { stream in
                for row in rows {
                    var user = StagedUserBody(emails: [row.email], importIds: [row.number])
                    user.username = row.username
                    stream.yield(user)
                }
                stream.finish()
            }
            try await client.newImport()
            try await client.stageUsers(people) { batch in
                print("\(batch.total) users are staged.")
            }

            let check = try await client.check()
            print("\(check.summary.users.create) new, \(check.summary.users.fail) would fail.")
            for reason in check.reasons { print("\(reason.count) × \(reason.code)") }
            #expect(check.summary.users.fail == 1)

            try await client.run()
            for try await report in client.progress() {
                print("\(report.done) of \(report.total), \(report.failed) failed")
            }

            let failures = try await client.failures()
            var corrections = RetryBody()
            for failure in failures.failures where failure.code == "importer-user-email-taken" {
                corrections.records = (corrections.records ?? []) + [.init(id: failure.id, skip: true)]
            }
            let retry = try await client.retry(corrections)
            try await client.waitUntilEnded(retry.operation._id)
            #expect(try await client.failures().total == 0)
        }
    }

    @Test func `when the examples of files run, then the file is imported`() async throws {
        let archive = StoredZip([
            .init("users.csv", "mara,mara@example.org,Mara\n"), .init("channels.csv", "quay,mara,public,mara\n"),
        ])
        let path = FileManager.default.temporaryDirectory.appending(path: "ferry-client-\(UUID().uuidString).zip").path
        try Data(archive.bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }  // What is left is in a temporary directory.
        try await LiveServer.with { server in
            let client = server.client
            let file = try UploadFile(URL(filePath: path))
            try await client.upload(file, importerKey: "csv", form: .multipart)

            let content = try await client.waitForFileData()
            print("\(content.users.count) users, \(content.channels.count) rooms, \(content.message_count) messages")
            var selection = StartBody.Input()
            selection.users = .everything
            selection.channels = .listed(content.channels.filter { !$0.is_archived }.map(\.channel_id))
            try await client.startImport(selection)
            try await client.waitUntilEnded()
            #expect(try await client.status().operation?.count?.completed == 2)
        }
    }

    @Test func `when the program of the examples imports users and a file, then it reports what was imported`()
        async throws
    {
        let directory = FileManager.default.temporaryDirectory.appending(path: "ferry-example-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }  // What is left is in a temporary directory.
        let (users, file) = (directory.appending(path: "users.csv"), directory.appending(path: "export.zip"))
        try Data("id,username,name,email\n1,ada,Ada,ada@example.com\n2,bea,Bea,ADA@example.com\n".utf8).write(to: users)
        try Data(StoredZip([.init("users.csv", "mara,mara@example.org,Mara\n")]).bytes).write(to: file)
        try await LiveServer.with { server in
            let id = try #require(server.client.session).userID
            let token = try await server.client.workspace.generateToken(TokenGenerationBody(tokenName: "example"))
            let client = try FerryClient(server.url, session: Session(userID: id, token: token))

            // The second user has the address of the first.
            #expect(try await ImportExample.importUsers(of: users.path, with: client) == 3)
            #expect(try await ImportExample.importFile(file.path, importer: "csv", with: client) == 0)
            #expect(try await client.status().operation?.count?.completed == 1)
        }
    }

    @Test func `when the examples of failures run, then they handle the error`() async throws {
        try await LiveServer.with { server in
            let (address, client) = (server.url, server.client)
            try await client.newImport()
            do {
                try await client.run()
            } catch let error as ServerError where error.state == "new" {
                print("Nothing is staged. Next: \(error.next.joined(separator: ", "))")
            } catch let error as TransportError where error.isOutcomeUnknown {
                print("Look at import.status first: \(error)")
            }

            var configuration = ClientConfiguration()
            configuration.retries.attempts = 10
            configuration.batches.records = 500
            let patient = try FerryClient(address, session: client.session, configuration: configuration)
            #expect(try await patient.status().state == "new")
        }
    }

    @Test func `when the documents show an example, then it is one of these`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        func lines(_ text: Substring) -> [String] {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let source = lines(Substring(try String(contentsOfFile: #filePath, encoding: .utf8)))
        var count = 0
        for name in [
            "Sources/HTTP/FerryClient/FerryClient.docc/FerryClient.md",
            "Sources/HTTP/FerryClient/FerryClient.docc/ImportingUsers.md",
            "Sources/HTTP/FerryClient/FerryClient.docc/ImportingFiles.md",
            "Sources/HTTP/FerryClient/FerryClient.docc/Failures.md", "docs/client.md",
        ] {
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            for block in text.components(separatedBy: "```swift\n").dropFirst() {
                let example = lines(block.components(separatedBy: "```")[0][...])
                let isThere = source.indices.contains { source[$0...].starts(with: example) }
                #expect(isThere, "\(name): \(example.first ?? "")")
                count += 1
            }
        }
        #expect(count > 8)
    }
}
