import Foundation
import Testing

extension EndToEnd {
    /// A new user first runs the calls that `ferry serve` prints.
    @Suite("Given the calls that ferry serve prints", .serialized, .timeLimit(.minutes(10)))
    struct GreetingTests {
        /// Runs lines as the standard input of a shell, as if pasted.
        private static func shell(_ lines: [String], answering password: String? = nil) async throws -> String {
            let directory = FerryProcess.newDirectory()
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }  // Only a temporary file is in it.
            let (input, output) = (directory.appending(path: "input"), directory.appending(path: "output"))
            // The line after the prompt is the password.
            let script = [lines[0]] + (password.map { [$0] } ?? []) + lines.dropFirst()
            try Data((script.joined(separator: "\n") + "\n").utf8).write(to: input)
            _ = FileManager.default.createFile(atPath: output.path, contents: nil)
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = ["--norc"]
            process.standardInput = try FileHandle(forReadingFrom: input)
            process.standardOutput = try FileHandle(forWritingTo: output)
            // `stty` reports that there is no terminal.
            process.standardError = FileHandle.nullDevice
            try process.run()
            #expect(try await process.ended() == 0)
            return try String(contentsOf: output, encoding: .utf8)
        }

        /// Indented lines are to be pasted, except for the note in parentheses.
        private static func calls(in greeting: String) -> [String] {
            greeting.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("  (") }.map(String.init)
        }

        @Test func `when the password was generated, then they import and find a user`() async throws {
            let server = try FerryProcess(directory: FerryProcess.newDirectory(), environment: ["ADMIN_PASS": ""])
            let greeting = try await server.greeting()

            let output = try await Self.shell(Self.calls(in: greeting))

            #expect(output.contains(#""state":"done""#))
            #expect(output.contains(#""username":"ada""#))
            _ = try await server.stop()
            try await server.remove()
        }

        @Test func `when ADMIN_PASS holds signs of the shell and of forms, then they ask for it`() async throws {
            let password = #"it's a+b & "c" $d %41"#
            let server = try FerryProcess(
                directory: FerryProcess.newDirectory(), environment: ["ADMIN_PASS": password])
            let greeting = try await server.greeting()

            let output = try await Self.shell(Self.calls(in: greeting), answering: password)

            #expect(!greeting.contains(password))
            #expect(output.contains(#""state":"done""#))
            #expect(output.contains(#""username":"ada""#))
            _ = try await server.stop()
            try await server.remove()
        }
    }
}
