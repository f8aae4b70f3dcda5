import Foundation
import JSON
import Testing

extension EndToEnd {
    @Suite("Given the program ferry serve", .serialized, .timeLimit(.minutes(10)))
    struct ServeTests {
        private static func users(_ range: Range<Int>) -> String {
            let users = range.map { number in
                #"{"username":"person\#(number)","emails":["person\#(number)@example.com"],"importIds":["id\#(number)"]}"#
            }
            return #"{"users":["# + users.joined(separator: ",") + "]}"
        }

        @Test func `when it starts, then users can be imported and signed in over HTTP`() async throws {
            let server = try FerryProcess(directory: FerryProcess.newDirectory())
            try await server.start()
            try await server.call("POST", "import.new")
            try await server.call(
                "POST", "import.addUsers",
                #"{"users":[{"username":"ada","emails":["ada@example.com"],"importIds":["1"],"password":"countess"}]}"#)
            try await server.call("POST", "import.run")

            let status = try await server.status { $0["state"] == .string("done") }
            let found = try await server.call("GET", "users.info?importId=1")
            let signedIn = try await server.call("POST", "login", #"{"user":"ada","password":"countess"}"#)
            let outcome = try await server.stop()

            #expect(status.count("completed") == 1)
            #expect(found["user"]?["username"] == .string("ada"))
            #expect(signedIn["status"] == .string("success"))
            #expect(outcome.status == 0)
            try await server.remove()
        }

        /// The database is of a program with 5 migrations, killed when 60 of 240 users with passwords were imported. The
        /// first 10 of them are accounts of the import before.
        @Test func `when an earlier version left half an import, then it is migrated and finished`()
            async throws
        {
            let server = try FerryProcess(directory: FerryProcess.newDirectory())
            let data = server.directory.appending(path: "data")
            let fixture = try #require(
                Bundle.module.url(forResource: "Fixtures/half-finished", withExtension: "sqlite"))
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: fixture, to: data.appending(path: "ferry.sqlite"))
            try await server.start()

            let done = try await server.status { $0["state"] != .string("importing") }
            let list = try await server.call("GET", "users.list?count=1")
            let signedIn = try await server.call("POST", "login", #"{"user":"user269","password":"secret269"}"#)
            _ = try await server.stop()

            #expect(done["state"] == .string("done"))
            #expect(done.count("completed") == 240)
            #expect(done.count("unchanged") == 10)
            #expect(done.count("error") == 0)
            // The administrator and the built-in bot.
            #expect(list["total"]?.serialized() == "272")
            #expect(signedIn["status"] == .string("success"))
            try await server.remove()
        }

        @Test func `when it is killed in the middle of an import, then it finishes after a restart`() async throws {
            let total = 30_000
            let first = try FerryProcess(directory: FerryProcess.newDirectory())
            try await first.start()
            try await first.call("POST", "import.new")
            for start in stride(from: 0, to: total, by: 5_000) {
                try await first.call("POST", "import.addUsers", Self.users(start..<start + 5_000))
            }
            try await first.call("POST", "import.run")
            let atTheKill = try await first.status { $0.count("completed") > 0 }
            _ = try await first.stop(with: SIGKILL)

            let second = try FerryProcess(directory: first.directory)
            try await second.start()
            let done = try await second.status { $0["state"] != .string("importing") }
            let list = try await second.call("GET", "users.list?count=1")
            _ = try await second.stop()

            #expect(atTheKill.count("completed") < total)
            #expect(done["state"] == .string("done"))
            #expect(done.count("completed") == total)
            #expect(done.count("error") == 0)
            #expect(done.count("unchanged") == 0)
            // The administrator is one more.
            #expect(list["total"]?.serialized() == "\(total + 2)")
            try await first.remove()
        }

        @Test func `when it is stopped during an import, then it exits 0 and continues later`()
            async throws
        {
            let first = try FerryProcess(directory: FerryProcess.newDirectory())
            try await first.start()
            try await first.call("POST", "import.new")
            try await first.call("POST", "import.addUsers", Self.users(0..<20_000))
            try await first.call("POST", "import.run")
            _ = try await first.status { $0.count("completed") > 0 }
            let outcome = try await first.stop(with: SIGTERM)

            let second = try FerryProcess(directory: first.directory)
            try await second.start()
            let done = try await second.status { $0["state"] != .string("importing") }
            _ = try await second.stop()

            #expect(outcome.status == 0)
            #expect(done.count("completed") == 20_000)
            try await first.remove()
        }

        @Test func `when a process has the workspace open, then a second one says which and does not start`()
            async throws
        {
            let first = try FerryProcess(directory: FerryProcess.newDirectory())
            try await first.start()

            let refused = try await FerryProcess(directory: first.directory).waitForTheEnd()
            _ = try await first.stop()

            #expect(refused.status == 4)
            #expect(refused.errors.contains("is already in use by process"))
            try await first.remove()
        }

        @Test(arguments: [
            ("FERRY_WORKERS", "many", "FERRY_WORKERS cannot be \"many\""),
            ("FERRY_LOG_LEVEL", "loud", "FERRY_LOG_LEVEL cannot be \"loud\""),
            ("ROOT_URL", "chat.example.com", "ROOT_URL cannot be"),
            ("DATABASE_URL", "mysql://user:secret@host/x", "DATABASE_URL cannot be \"mysql:…\""),
        ])
        func `when the environment is invalid, then it states what to change and keeps secrets`(
            key: String, value: String, message: String
        ) async throws {
            let server = try FerryProcess(directory: FerryProcess.newDirectory(), environment: [key: value])
            let outcome = try await server.waitForTheEnd()

            #expect(outcome.status == 4)
            #expect(outcome.errors.contains(message))
            #expect(!outcome.errors.contains("secret"))
            try await server.remove()
        }

        @Test func `when ADMIN_PASS is empty, then the administrator gets a random password`() async throws {
            let server = try FerryProcess(directory: FerryProcess.newDirectory(), environment: ["ADMIN_PASS": ""])
            await #expect(throws: FerryProcess.Failure.self) { try await server.start() }
            let answer = try await server.call("POST", "login", #"{"user":"admin","password":""}"#)
            _ = try await server.stop()

            #expect(answer["error"] == .string("Unauthorized"))
            try await server.remove()
        }

        @Test func `when the file is not a database, then it reports it and leaves it alone`() async throws {
            let directory = FerryProcess.newDirectory()
            let file = directory.appending(path: "letter.txt")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let letter = Data(String(repeating: "Dear reader, this is not a database. ", count: 100).utf8)
            try letter.write(to: file)

            let server = try FerryProcess(directory: directory, arguments: ["--database", "sqlite:\(file.path)"])
            let outcome = try await server.waitForTheEnd()

            #expect(outcome.status == 4)
            #expect(outcome.errors.contains("is not a SQLite database, or it is damaged"))
            #expect(try Data(contentsOf: file) == letter)
            try await server.remove()
        }
    }
}
