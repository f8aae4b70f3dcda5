import Foundation
import JSON
import Testing

@Suite("Given three processes of ferry serve on one PostgreSQL", .serialized, .timeLimit(.minutes(5)))
struct SharedWorkspaceTests {
    /// A database of its own on the server of the tests, and its address.
    private static func newDatabase() throws -> String {
        let server = try #require(
            ProcessInfo.processInfo.environment["FERRY_TEST_POSTGRES"],
            "Run the tests with scripts/test, or with scripts/with-postgres swift test.")
        let name = "ferry_" + UUID().uuidString.lowercased().replacing("-", with: "_")
        let psql = Process()
        psql.executableURL = URL(filePath: "/usr/bin/psql")
        psql.arguments = [server, "--quiet", "--command", "CREATE DATABASE \(name)"]
        try psql.run()
        psql.waitUntilExit()
        try #require(psql.terminationStatus == 0)
        return String(server.dropLast("postgres".count)) + name
    }

    @Test func `when one is killed in the middle of an import, then every user is imported once`() async throws {
        let total = 20_000
        let url = try Self.newDatabase()
        let servers = try (0..<3).map { _ in
            try FerryProcess(directory: FerryProcess.newDirectory(), environment: ["DATABASE_URL": url])
        }
        for server in servers { try await server.start() }
        let (first, killed, third) = (servers[0], servers[1], servers[2])
        try await first.call("POST", "import.new")
        for start in stride(from: 0, to: total, by: 2_000) {
            let users = (start..<start + 2_000).map { number in
                #"{"username":"person\#(number)","emails":["person\#(number)@example.com"],"importIds":["\#(number)"]}"#
            }
            // Any process takes users; all of them see the same operation.
            try await servers[start / 2_000 % 3].call(
                "POST", "import.addUsers", #"{"users":["# + users.joined(separator: ",") + "]}")
        }
        try await killed.call("POST", "import.run")

        _ = try await first.status { $0.count("completed") > 0 }
        _ = try killed.stop(with: SIGKILL)
        let done = try await first.status { $0["state"] != .string("importing") }

        #expect(done["state"] == .string("done"))
        #expect(done.count("completed") == total)
        #expect(done.count("error") == 0)
        let list = try await third.call("GET", "users.list?count=1")
        #expect(list["total"]?.serialized() == "\(total + 2)")
        for server in servers { try server.remove() }
    }

    @Test(arguments: [
        ("postgres://ferry@127.0.0.1:1/none", "cannot be reached"),
        ("postgres://nobody:secret@SERVER/postgres", "refuses the user or password"),
    ])
    func `when the database does not let it in, then it says why and keeps the password`(
        url: String, message: String
    ) async throws {
        let server = try #require(ProcessInfo.processInfo.environment["FERRY_TEST_POSTGRES"])
        let address = server.split(separator: "@")[1].split(separator: "/")[0]
        let process = try FerryProcess(
            directory: FerryProcess.newDirectory(),
            environment: ["DATABASE_URL": url.replacing("SERVER", with: address), "FERRY_LOG_LEVEL": "critical"])

        let outcome = try process.waitForTheEnd()

        #expect(outcome.status == 4)
        #expect(outcome.errors.contains(message))
        #expect(!outcome.errors.contains("secret"))
        try process.remove()
    }
}
