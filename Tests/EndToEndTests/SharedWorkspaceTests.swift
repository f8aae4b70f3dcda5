import Foundation
import JSON
import Testing

extension EndToEnd {
    @Suite("Given three processes of ferry serve on one PostgreSQL", .serialized, .timeLimit(.minutes(10)))
    struct SharedWorkspaceTests {
        /// Servers that share a database and log only critical errors.
        private static func servers(_ count: Int, on database: PostgreSQLServer) async throws -> [FerryProcess] {
            let servers = try (0..<count).map { _ in
                try FerryProcess(
                    directory: FerryProcess.newDirectory(),
                    environment: ["DATABASE_URL": database.url, "FERRY_LOG_LEVEL": "critical"])
            }
            for server in servers { try await server.start() }
            return servers
        }

        /// Stages users through all the servers in turn, and starts their import.
        private static func startImport(of total: Int, on servers: [FerryProcess]) async throws {
            try await servers[0].call("POST", "import.new")
            for (request, start) in stride(from: 0, to: total, by: 2_000).enumerated() {
                let users = (start..<start + 2_000).map { number in
                    #"{"username":"person\#(number)","emails":["person\#(number)@example.com"],"importIds":["\#(number)"]}"#
                }
                // Any process accepts users; all of them see the same operation.
                try await servers[request % servers.count].call(
                    "POST", "import.addUsers", #"{"users":["# + users.joined(separator: ",") + "]}")
            }
            try await servers[1].call("POST", "import.run")
        }

        @Test func `when one is killed, one frozen and the database restarted, then every user is imported once`()
            async throws
        {
            let total = 200_000
            let database = try await PostgreSQLServer()
            let servers = try await Self.servers(3, on: database)
            let (first, killed, frozen) = (servers[0], servers[1], servers[2])
            try await Self.startImport(of: total, on: servers)

            _ = try await first.status { $0.count("completed") > 10_000 }
            _ = try await killed.stop(with: SIGKILL)
            frozen.signal(SIGSTOP)
            let whenFrozen = ContinuousClock.now
            _ = try await first.status { $0.count("completed") > 60_000 }
            try await database.restart()
            // All records, with or without the frozen process's batch: nobody waits for a frozen process.
            let done = try await first.status { $0["state"] != .string("importing") }
            try await Task.sleep(until: whenFrozen + .seconds(30))
            frozen.signal(SIGCONT)

            #expect(done["state"] == .string("done"))
            #expect(done.count("completed") == total)
            #expect(done.count("error") == 0)
            // The process that resumes late adds nothing and responds normally.
            let late = try await frozen.status { $0["state"] == .string("done") }
            #expect(late.count("completed") == total)
            let list = try await frozen.call("GET", "users.list?count=1")
            #expect(list["total"]?.serialized() == "\(total + 2)")
            for server in servers { try await server.remove() }
            try await database.remove()
        }

        @Test(arguments: [true, false])
        func `when one process pauses or cancels, then the worker of another stops within 2 s`(isCancel: Bool)
            async throws
        {
            let total = 60_000
            let database = try await PostgreSQLServer()
            let servers = try ["0", "2"].map { workers in
                try FerryProcess(
                    directory: FerryProcess.newDirectory(),
                    environment: ["DATABASE_URL": database.url, "FERRY_WORKERS": workers])
            }
            for server in servers { try await server.start() }
            let (caller, worker) = (servers[0], servers[1])
            try await Self.startImport(of: total, on: servers)
            _ = try await worker.status { $0.count("completed") > 2_000 }

            let clock = ContinuousClock()
            let start = clock.now
            let response = try await caller.call("POST", isCancel ? "import.cancel" : "import.pause", "{}")
            let stopped = try await worker.status {
                isCancel ? $0["state"] == .string("canceled") : $0["control"] == .string("paused")
            }
            let duration = clock.now - start
            try await Task.sleep(for: .seconds(3))
            let later = try await worker.call("GET", "import.status")
            let list = try await worker.call("GET", "users.list?count=1")
            if !isCancel { try await worker.call("POST", "import.resume", "{}") }
            let end = try await caller.status { $0["state"] != .string("importing") }

            #expect(duration < EndToEnd.promptTime)
            // Nothing was written after the response.
            let created = response["counts"]?["users"]?["created"]?.serialized()
            #expect(created == "\(stopped.count("completed"))")
            #expect(later.count("completed") == stopped.count("completed"))
            #expect(list["total"]?.serialized() == "\(stopped.count("completed") + 2)")
            #expect(end["state"] == .string(isCancel ? "canceled" : "done"))
            #expect(end.count("completed") == (isCancel ? stopped.count("completed") : total))
            for server in servers { try await server.remove() }
            try await database.remove()
        }

        @Test
        func `when the database crashes and is away for longer than leases last, then the import continues by itself`()
            async throws
        {
            let total = 60_000
            let database = try await PostgreSQLServer()
            let servers = try await Self.servers(2, on: database)
            try await Self.startImport(of: total, on: servers)
            let before = try await servers[0].status { $0.count("completed") > 5_000 }

            try await database.crash(awayFor: 15)
            // A server without a database responds without a state.
            let done = try await servers[1].status { $0["state"] == .string("done") || $0["state"] == .string("error") }

            #expect(before["state"] == .string("importing"))
            #expect(done["state"] == .string("done"))
            #expect(done.count("completed") == total)
            #expect(done.count("error") == 0)
            for server in servers { try await server.remove() }
            try await database.remove()
        }

        @Test func `when one is frozen while it reads a file, then another reads it and nothing is doubled`()
            async throws
        {
            let total = 200_000
            let database = try await PostgreSQLServer()
            // Both share the file directory, as the operations guide requires.
            let directory = FerryProcess.newDirectory()
            let frozen = try FerryProcess(directory: directory, environment: ["DATABASE_URL": database.url])
            try await frozen.start()
            let archive = try await FerryProcess.archive(of: total, in: directory.appending(path: "export"))
            try await frozen.upload(archive)
            let whenFrozen = try await frozen.status {
                $0["operation"]?["status"] != .string("importer_preparing_started")
            }
            frozen.signal(SIGSTOP)

            let other = try FerryProcess(directory: directory, environment: ["DATABASE_URL": database.url])
            try await other.start()
            let ready = try await other.status { $0["state"] != .string("loading") }
            frozen.signal(SIGCONT)
            try await other.call("POST", "startImport", FerryProcess.everything)
            let done = try await frozen.status { $0["state"] == .string("done") || $0["state"] == .string("error") }
            let room = try await frozen.call("GET", "channels.info?roomName=quay")
            _ = try await frozen.stop(with: SIGKILL)
            try await other.remove()
            try await database.remove()

            #expect(whenFrozen["state"] == .string("loading"))
            #expect(ready["state"] == .string("ready"))
            #expect(ready.count("total") == total + 3)
            #expect(done["state"] == .string("done"))
            #expect(done.count("completed") == total + 3)
            #expect(room["channel"]?["msgs"]?.serialized() == "\(total)")
        }

        @Test(.enabled("A file system of a given size can be mounted") { try await PostgreSQLServer.canLimitSpace() })
        func `when the database's disk is full, then the import waits and loses nothing`() async throws {
            let total = 60_000
            let database = try await PostgreSQLServer(space: "200m")
            let server = try FerryProcess(
                directory: FerryProcess.newDirectory(), environment: ["DATABASE_URL": database.url])
            try await server.start()
            try await Self.startImport(of: total, on: [server, server])
            _ = try await server.status { $0.count("completed") > 0 }

            try database.fillDisk()
            try await server.log { $0.contains("No space left on device") }
            let waiting = try await server.call("GET", "import.status")
            try database.emptyDisk()
            let done = try await server.status { $0["state"] != .string("importing") }

            #expect(waiting["state"] == .string("importing"))
            #expect(done["state"] == .string("done"))
            #expect(done.count("completed") == total)
            #expect(done.count("error") == 0)
            try await server.remove()
            try await database.remove()
        }

        @Test(arguments: [
            ("postgres://ferry@127.0.0.1:1/none", "cannot be reached"),
            ("postgres://nobody:secret@SERVER/postgres", "rejects the user or password"),
        ])
        func `when the database does not let it in, then it reports why and keeps the password`(
            url: String, message: String
        ) async throws {
            let server = try #require(ProcessInfo.processInfo.environment["FERRY_TEST_POSTGRES"])
            let address = server.split(separator: "@")[1].split(separator: "/")[0]
            let process = try FerryProcess(
                directory: FerryProcess.newDirectory(),
                environment: ["DATABASE_URL": url.replacing("SERVER", with: address), "FERRY_LOG_LEVEL": "critical"])

            let outcome = try await process.waitForTheEnd()

            #expect(outcome.status == 4)
            #expect(outcome.errors.contains(message))
            #expect(!outcome.errors.contains("secret"))
            try await process.remove()
        }
    }
}
