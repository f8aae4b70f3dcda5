import Foundation

/// A PostgreSQL server for one test, which may restart it or fill its disk without disturbing other tests.
final class PostgreSQLServer {
    /// The address of a database, in the limited file system if there is one.
    private(set) var url: String
    private let control: String
    private let process = Process()
    private let input = Pipe()

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "scripts/with-postgres")

    /// Starts a server.
    ///
    /// - Parameter space: the size of the file system for the database, such as `64m`; nil for the machine's disk.
    init(space: String? = nil) async throws {
        let output = Pipe()
        process.executableURL = Self.script
        // The server runs while this process holds the other end of the pipe.
        process.arguments = [
            "sh", "-c", #"echo "$FERRY_TEST_POSTGRES $FERRY_TEST_POSTGRES_CONTROL"; exec cat >/dev/null"#,
        ]
        process.environment = ProcessInfo.processInfo.environment
            .merging(space.map { ["FERRY_TEST_POSTGRES_SPACE": $0] } ?? [:]) { $1 }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 2 else { throw FerryProcess.Failure.unexpected("scripts/with-postgres: \(line)") }
        (url, control) = (words[0], words[1])
        guard space != nil else { return }
        let psql = Process()
        psql.executableURL = URL(filePath: "/usr/bin/psql")
        psql.arguments = [url, "--quiet", "--command", "CREATE DATABASE small TABLESPACE small"]
        try psql.run()
        try await psql.ended()
        url = String(url.dropLast("postgres".count)) + "small"
    }

    /// Restarts the server, closing every connection.
    func restart() async throws { try await control("--restart") }

    /// Kills the server and starts it again after this many seconds, with recovery.
    func crash(awayFor seconds: Int) async throws { try await control("--crash", "\(seconds)") }

    /// Creates a user with a password; unknown users also need one from now on.
    func requirePassword(_ password: String, of user: String) async throws {
        let psql = try NewDatabase.run("CREATE ROLE \(user) LOGIN PASSWORD '\(password)'", on: url)
        guard try await psql.process.ended() == 0 else { throw FerryProcess.Failure.unexpected("no role") }
        let rules = URL(filePath: control).appending(path: "data/pg_hba.conf")
        // Written in place, because the file belongs to the server's user.
        let file = try FileHandle(forWritingTo: rules)
        try file.truncate(atOffset: 0)
        try file.write(
            contentsOf: Data(
                "local all ferry trust\nhost all ferry 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
                    .utf8))
        try file.close()
        try await restart()
    }

    private func control(_ arguments: String...) async throws {
        let restart = Process()
        restart.executableURL = Self.script
        restart.arguments = arguments
        restart.environment = ProcessInfo.processInfo.environment
            .merging(["FERRY_TEST_POSTGRES_CONTROL": control]) { $1 }
        try restart.run()
        guard try await restart.ended() == 0 else { throw FerryProcess.Failure.unexpected("no restart") }
    }

    /// Whether this process may mount a file system of a given size.
    static func canLimitSpace() async throws -> Bool {
        let attempt = Process()
        attempt.executableURL = URL(filePath: "/usr/bin/unshare")
        attempt.arguments = ["--mount", "mount", "-t", "tmpfs", "ferry", "/mnt"]
        attempt.standardError = FileHandle.nullDevice
        // A machine without the program cannot mount either.
        guard getuid() == 0, (try? attempt.run()) != nil else { return false }
        return try await attempt.ended() == 0
    }

    private var filler: URL { URL(filePath: control).appending(path: "space/filler") }

    /// Uses all of the server's free space.
    func fillDisk() throws {
        _ = FileManager.default.createFile(atPath: filler.path, contents: nil)
        let handle = try FileHandle(forWritingTo: filler)
        defer { handle.closeFile() }
        for size in [1 << 20, 1 << 12] {
            let block = Data(count: size)
            // A failing write marks the end.
            while (try? handle.write(contentsOf: block)) != nil {}
        }
    }

    /// Frees the space.
    func emptyDisk() throws { try FileManager.default.removeItem(at: filler) }

    /// Stops the server and removes its files.
    func remove() async throws {
        try input.fileHandleForWriting.close()
        try await process.ended()
    }
}
