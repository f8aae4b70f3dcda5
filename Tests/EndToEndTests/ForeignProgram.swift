import Foundation

/// Another program with the workspace's file open: Python's SQLite.
final class ForeignProgram {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Runs statements and keeps the connection with its locks open.
    ///
    /// - Parameter statements: separated by semicolons; `answer` is the first value of the last one.
    init(_ statements: String, on file: URL) throws {
        let program = """
            import sqlite3, sys
            connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
            for statement in sys.argv[2].split(";"): row = connection.execute(statement).fetchone()
            print(row[0] if row else "", flush=True)
            sys.stdin.read()
            """
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", program, file.path, statements]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The result of the last statement.
    private(set) var answer = ""

    /// Ends the program, which releases its locks.
    func end() async throws {
        try input.fileHandleForWriting.close()
        try await process.ended()
    }
}

extension FerryProcess {
    /// The database of a workspace that is not in PostgreSQL.
    var databaseFile: URL { directory.appending(path: "data/ferry.sqlite") }

    /// Polls a query of one number until it satisfies a condition.
    func count(_ query: String, until isReached: (Int) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            let program = try ForeignProgram(query, on: databaseFile)
            let count = Int(program.answer) ?? -1
            try await program.end()
            if isReached(count) { return }
            guard ContinuousClock.now < deadline else { throw Failure.unexpected("\(query): \(count)") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Whether the process has an open file whose path contains a string.
    func hasOpen(_ part: String) throws -> Bool {
        let folder = "/proc/\(processIdentifier)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: folder).contains { descriptor in
            // A descriptor may be closed meanwhile.
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)").contains(part))
                ?? false
        }
    }
}
