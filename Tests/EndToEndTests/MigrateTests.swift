import Foundation
import JSON
import Testing

extension EndToEnd {
    @Suite("Given the program ferry migrate", .serialized, .timeLimit(.minutes(10)))
    struct MigrateTests {
        private static func users(_ range: Range<Int>) -> String {
            let users = range.map { number in
                #"{"username":"person\#(number)","emails":["person\#(number)@example.com"],"importIds":["id\#(number)"]}"#
            }
            return #"{"users":["# + users.joined(separator: ",") + "]}"
        }

        /// A stopped server with this many staged users, and the address of its file.
        private static func staged(_ count: Int) async throws -> (server: FerryProcess, address: String) {
            let server = try FerryProcess(directory: FerryProcess.newDirectory())
            try await server.start()
            try await server.call("POST", "import.new")
            try await server.call("POST", "import.addUsers", users(0..<count))
            _ = try await server.stop()
            return (server, "sqlite:" + server.directory.appending(path: "data/ferry.sqlite").path)
        }

        @Test func `when a workspace goes to PostgreSQL, then sessions and the staged import continue there`()
            async throws
        {
            let (first, address) = try await Self.staged(5_000)
            let url = try await NewDatabase.address()

            let run = try await CommandRun(["migrate", "--from", address, "--to", url, "--json"])
            let second = try FerryProcess(
                directory: FerryProcess.newDirectory(), environment: ["DATABASE_URL": url, "ADMIN_PASS": "another"])
            try await second.resume(first)
            try await second.call("POST", "import.run")
            let done = try await second.status { $0["state"] == .string("done") }
            _ = try await second.stop()

            #expect(run.status == 0, "\(run.errors)")
            let summary = try JSONValue(parsing: Array(run.output.utf8))
            #expect(summary["tables"]?.serialized().contains(#"{"name":"import_records","rows":5000}"#) == true)
            #expect(run.errors.contains("Verifying"))
            #expect(done.count("completed") == 5_000)
            try await first.remove()
            try await second.remove()
        }

        @Test func `when it comes back from PostgreSQL, then a server starts on the file`() async throws {
            let (first, address) = try await Self.staged(100)
            let url = try await NewDatabase.address()
            let data = FerryProcess.newDirectory()
            try FileManager.default.createDirectory(
                at: data.appending(path: "data"), withIntermediateDirectories: true)

            let there = try await CommandRun(["migrate", "--from", address, "--to", url])
            let back = try await CommandRun(
                ["migrate", "--from", url, "--to", "sqlite:" + data.appending(path: "data/ferry.sqlite").path])
            let second = try FerryProcess(directory: data)
            try await second.resume(first)
            let status = try await second.call("GET", "import.status")
            _ = try await second.stop()

            #expect(there.status == 0, "\(there.errors)")
            #expect(back.status == 0, "\(back.errors)")
            #expect(there.output.contains("Copied and verified in"))
            #expect(status["state"] == .string("ready"))
            #expect(status.count("total") == 100)
            try await first.remove()
            try await second.remove()
        }

        @Test func `when a server is running on either side, then it is rejected`() async throws {
            let (first, address) = try await Self.staged(1)
            let url = try await NewDatabase.address()
            let server = try FerryProcess(directory: FerryProcess.newDirectory(), environment: ["DATABASE_URL": url])
            try await server.start()

            let there = try await CommandRun(["migrate", "--from", address, "--to", url])
            let back = try await CommandRun(
                ["migrate", "--from", url, "--to", "sqlite:" + first.directory.appending(path: "new.sqlite").path])
            _ = try await server.stop()
            let restarted = try FerryProcess(directory: first.directory)
            try await restarted.start()
            let busyFile = try await CommandRun(["migrate", "--from", address, "--to", url])
            _ = try await restarted.stop()

            for run in [there, back, busyFile] {
                #expect(run.status == 4)
                #expect(run.output.isEmpty)
            }
            #expect(there.errors.contains("`ferry serve`"))
            #expect(back.errors.contains("`ferry serve`"))
            #expect(busyFile.errors.contains("already in use by process"))
            try await first.remove()
            try await server.remove()
        }

        @Test func `when source and destination are one database, then it is rejected`() async throws {
            let (server, address) = try await Self.staged(1)
            let url = try await NewDatabase.address()
            let link = server.directory.appending(path: "link.sqlite")
            try FileManager.default.createSymbolicLink(
                atPath: link.path, withDestinationPath: String(address.dropFirst("sqlite:".count)))

            let files = try await CommandRun(["migrate", "--from", address, "--to", "sqlite:\(link.path)"])
            let servers = try await CommandRun(["migrate", "--from", url, "--to", url + "?application_name=other"])

            for run in [files, servers] {
                #expect(run.status == 4)
                #expect(run.errors.contains("This is the database of --from."))
            }
            try await server.remove()
        }

        @Test func `when it is interrupted, then it states what to do, and a server rejects the destination`()
            async throws
        {
            let (first, address) = try await Self.staged(5_000)
            let url = try await NewDatabase.address()
            // Another session holds the lock for which the command waits before its first change.
            let lock = "hashtextextended('public', 4649727279)"
            _ = try NewDatabase.run("SELECT pg_advisory_lock(\(lock)), pg_sleep(300)", on: url)
            let locks =
                "FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database()"
                + " AND locktype = 'advisory' AND objid::bigint + (classid::bigint << 32) = \(lock) AND granted = "
            try await NewDatabase.wait(until: "SELECT count(*) \(locks) true", on: url)
            let migration = try FerryProcess(
                directory: FerryProcess.newDirectory(), command: ["migrate", "--from", address, "--to", url])
            try await NewDatabase.wait(until: "SELECT count(*) \(locks) false", on: url)
            migration.signal(SIGINT)
            _ = try NewDatabase.run("SELECT pg_terminate_backend(pid) \(locks) true", on: url)
            let interrupted = try await migration.waitForTheEnd()

            let refused = try FerryProcess(
                directory: FerryProcess.newDirectory(), environment: ["DATABASE_URL": url])
            let refusal = try await refused.waitForTheEnd()
            let again = try await CommandRun(["migrate", "--from", address, "--to", url])

            #expect(interrupted.status == 5, "\(interrupted.errors)")
            #expect(interrupted.errors.contains("starts over"))
            #expect(refusal.status == 4)
            #expect(refusal.errors.contains("contains an incomplete workspace"))
            #expect(again.status == 0, "\(again.errors)")
            for process in [first, migration, refused] { try await process.remove() }
        }

        @Test(arguments: [
            (["--from", "sqlite:nowhere"], 2, "--to"),
            (["--from", "mysql://user:secret@host/x", "--to", "sqlite:/nowhere/x"], 2, "--from cannot be \"mysql:…\""),
            (
                ["--from", "sqlite:nowhere", "--to", "sqlite:/nowhere/x", "postgres://user:secret@host/x"], 2,
                "…@host/x"
            ),
            (["--from", "sqlite:/nowhere/ferry.sqlite", "--to", "sqlite:/nowhere/x"], 4, "There is no such file."),
            (["--from", "postgres://user:sec@ret@host/x", "--to", "sqlite:/nowhere/x"], 4, "cannot be read"),
            (["--from", "postgres://user:secret@127.0.0.1:1/x", "--to", "sqlite:/nowhere/x"], 4, "cannot be reached"),
        ])
        func `when it is used wrongly, then the status identifies the error and no password is shown`(
            arguments: [String], status: Int32, message: String
        ) async throws {
            let run = try await CommandRun(["migrate"] + arguments)

            #expect(run.status == status)
            #expect(run.errors.contains(message), "\(run.errors)")
            #expect(!(run.errors + run.output).contains("secret"))
            #expect(!run.errors.contains("ret@"))
        }
    }
}
