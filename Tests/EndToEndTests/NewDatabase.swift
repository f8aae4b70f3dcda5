import Foundation
import Testing

/// An empty PostgreSQL database on the server of the tests.
enum NewDatabase {
    /// Creates a database, which is removed with the server.
    ///
    /// - Parameter template: the address of a database that nobody uses, of which it becomes a copy.
    /// - Returns: its address.
    static func address(copying template: String? = nil) async throws -> String {
        let server = try #require(
            ProcessInfo.processInfo.environment["FERRY_TEST_POSTGRES"],
            "Run the tests with scripts/test, or with scripts/with-postgres swift test.")
        let name = "ferry_" + UUID().uuidString.lowercased().replacing("-", with: "_")
        let source = template.map { " TEMPLATE \($0.split(separator: "/").last ?? "")" } ?? ""
        let psql = try run("CREATE DATABASE \(name)\(source)", on: server)
        try #require(try await psql.process.ended() == 0)
        return String(server.dropLast("postgres".count)) + name
    }

    /// Starts a program that runs a statement.
    static func run(_ statement: String, on address: String) throws -> (process: Process, output: Pipe) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/psql")
        process.arguments = [address, "--quiet", "--tuples-only", "--no-align", "--command", statement]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }

    /// Waits until a statement returns 1.
    static func wait(until statement: String, on address: String) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            let answer = try run(statement, on: address).output.fileHandleForReading.readDataToEndOfFile()
            if String(decoding: answer, as: UTF8.self) == "1\n" { return }
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
