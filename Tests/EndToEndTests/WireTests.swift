import Foundation
import JSON
import Testing

extension EndToEnd {
    @Suite("Given clients that attack the connections of ferry serve", .serialized, .timeLimit(.minutes(5)))
    struct WireTests {
        private static let close = "Host: a\r\nConnection: close\r\n"

        private static func withServer(
            limits: [String] = [], _ test: (FerryProcess) async throws -> Void
        ) async throws {
            let server = try FerryProcess(directory: FerryProcess.newDirectory(), limits: limits)
            try await server.start()
            try await test(server)
            let outcome = try await server.stop()
            #expect(outcome.status == 0)
            try await server.remove()
        }

        /// The processor time of a program in seconds.
        private static func processorTime(of process: Int32) throws -> Double {
            let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return (Double(fields[11]) ?? 0) / 100 + (Double(fields[12]) ?? 0) / 100
        }

        @Test func `when idle connections exceed the limit, then others are served, and no processor is burnt`()
            async throws
        {
            try await Self.withServer(limits: ["--nofile=1024:1024"]) { server in
                var idle: [RawConnection] = []
                for _ in 0..<600 { idle.append(try RawConnection(port: server.port)) }
                let before = try Self.processorTime(of: server.processIdentifier)

                var answers: [String] = []
                for _ in 0..<10 {
                    answers.append(
                        await (try RawConnection(port: server.port)).exchange(
                            "GET /health HTTP/1.1\r\n\(Self.close)\r\n"))
                }
                try await Task.sleep(for: .seconds(2))
                let used = try Self.processorTime(of: server.processIdentifier) - before
                idle.removeAll()

                #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
                #expect(used < 1)
            }
        }

        @Test func `when busy connections exceed the limit, then others get status 503 until some end`() async throws {
            try await Self.withServer(limits: ["--nofile=1024:1024"]) { server in
                var busy: [RawConnection] = []
                for _ in 0..<430 {
                    let connection = try RawConnection(port: server.port)
                    await connection.send(
                        Array("POST /api/v1/login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{".utf8))
                    busy.append(connection)
                }

                // The server's threads count connections in any order.
                var refused = ""
                for _ in 0..<100 where !refused.hasPrefix("HTTP/1.1 503 ") {
                    refused = await (try RawConnection(port: server.port)).exchange(
                        "GET /health HTTP/1.1\r\n\(Self.close)\r\n")
                    try await Task.sleep(for: .milliseconds(20))
                }
                busy.removeAll()
                var answer = ""
                for _ in 0..<100 where !answer.hasPrefix("HTTP/1.1 200") {
                    answer = await (try RawConnection(port: server.port)).exchange(
                        "GET /health HTTP/1.1\r\n\(Self.close)\r\n")
                    try await Task.sleep(for: .milliseconds(50))
                }

                #expect(refused.hasPrefix("HTTP/1.1 503 "))
                #expect(refused.contains("Retry-After: "))
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
            }
        }

        @Test func `when a large body is rejected, then the client gets the response while it still sends`()
            async throws
        {
            try await Self.withServer { server in
                let connection = try RawConnection(port: server.port)
                let count = 60_000_000
                await connection.send(
                    Array("POST /api/v1/import.addUsers HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n".utf8)
                        + [UInt8](repeating: 32, count: count))
                let answer = await connection.receive()

                #expect(answer.hasPrefix("HTTP/1.1 401 "))
                #expect(answer.hasSuffix(#""success":false}"#))
            }
        }

        @Test func `when chunks are malformed or a body breaks off, then the status is 400 and nothing is logged`()
            async throws
        {
            let server = try FerryProcess(directory: FerryProcess.newDirectory())
            try await server.start()
            let head = "POST /api/v1/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

            for body in ["zz\r\n", "5\r\nhel", "5\r\nhelloX\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFFF\r\n", "-1\r\n"] {
                let connection = try RawConnection(port: server.port)
                await connection.send(Array((head + body).utf8))
                if body == "5\r\nhel" { connection.finish() }
                let answer = await connection.receive()
                #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(body): \(answer)")
            }
            let outcome = try await server.stop()

            #expect(outcome.status == 0)
            #expect(outcome.errors.isEmpty)
            try await server.remove()
        }

        @Test func `when a client expects 100-continue, then it gets it only for a request that is accepted`()
            async throws
        {
            try await Self.withServer { server in
                let body = #"{"user":"admin","password":"end to end"}"#
                let head = Self.close + "Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n"
                let accepted = try RawConnection(port: server.port)
                await accepted.send(
                    Array("POST /api/v1/login HTTP/1.1\r\n\(head)Content-Type: application/json\r\n\r\n".utf8))
                let interim = await accepted.receive(until: "\r\n\r\n")
                let final = await accepted.exchange(body)
                let refused = await (try RawConnection(port: server.port)).exchange(
                    "POST /api/v1/import.new HTTP/1.1\r\n\(head)\r\n")

                #expect(interim == "HTTP/1.1 100 Continue\r\n\r\n")
                #expect(final.hasPrefix("HTTP/1.1 200 "))
                #expect(refused.hasPrefix("HTTP/1.1 401 "))
            }
        }

        @Test func `when passwords are guessed in parallel, then ten get a verdict and others sign in`() async throws {
            try await Self.withServer { server in
                try await server.call(
                    "POST", "users.create",
                    #"{"username":"ada","email":"ada@b.c","name":"Ada","password":"countess"}"#)
                let port = server.port
                let guesses = Task {
                    await withTaskGroup(of: String.self) { group in
                        for _ in 0..<100 {
                            group.addTask {
                                let body = #"{"user":"admin","password":"wrong"}"#
                                let connection = try? RawConnection(port: port)  // Refused ones give no answer.
                                return await connection?.exchange(
                                    "POST /api/v1/login HTTP/1.1\r\n\(Self.close)Content-Length: \(body.utf8.count)\r\n"
                                        + "Content-Type: application/json\r\n\r\n\(body)") ?? ""
                            }
                        }
                        return await group.reduce(into: []) { $0.append($1) }
                    }
                }

                let signedIn = try await server.call("POST", "login", #"{"user":"ada","password":"countess"}"#)
                let answers = await guesses.value

                #expect(signedIn["status"] == .string("success"))
                #expect(answers.count { $0.contains(#""error":"Unauthorized""#) } <= 10)
                #expect(
                    answers.allSatisfy {
                        $0.hasPrefix("HTTP/1.1 401 ") || $0.hasPrefix("HTTP/1.1 429 ") && $0.contains("Retry-After: ")
                    })
            }
        }
    }

    @Suite("Given a ferry serve that cannot start", .serialized, .timeLimit(.minutes(5)))
    struct StartTests {
        /// The result of a program with invalid arguments.
        private static func outcome(
            _ arguments: [String] = [], _ environment: [String: String] = [:],
            preparing prepare: (URL) throws -> Void = { _ in }
        ) async throws -> FerryProcess.Outcome {
            let directory = FerryProcess.newDirectory()
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try prepare(directory)
            let server = try FerryProcess(
                directory: directory,
                arguments: arguments.map { $0.replacingOccurrences(of: "DIRECTORY", with: directory.path) },
                environment: environment)
            let outcome = try await server.waitForTheEnd()
            try await server.remove()
            return outcome
        }

        private static func expectSentence(_ outcome: FerryProcess.Outcome, _ text: String) {
            #expect(outcome.status == 4)
            let lines = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("ferry: ") }
            #expect(lines.count == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains(text), "\(outcome.errors)")
            #expect(!outcome.errors.contains("Domain"))
        }

        @Test func `when the port is in use, then it ends with a sentence`() async throws {
            let first = try FerryProcess(directory: FerryProcess.newDirectory())
            try await first.start()

            let outcome = try await Self.outcome(["--port", String(first.port)])
            _ = try await first.stop()

            Self.expectSentence(outcome, "Port \(first.port) of 127.0.0.1 is already in use.")
            try await first.remove()
        }

        @Test(arguments: ["192.0.2.1", "no-such-host.invalid", "300.1.2.3"])
        func `when the host is not one of this machine, then it ends with a sentence`(host: String) async throws {
            Self.expectSentence(
                try await Self.outcome(["--host", host]), "\"\(host)\" is not an address of this machine.")
        }

        @Test(arguments: [
            ("DIRECTORY/file", "is a file. Choose a directory with --data."),
            ("DIRECTORY/file/below", "is below a file. Choose a directory with --data."),
            ("/proc/none", "cannot be used"),
            ("", "--data cannot be \"\"."),
        ])
        func `when the data directory cannot be used, then it ends with a sentence`(
            path: String, text: String
        ) async throws {
            let outcome = try await Self.outcome(["--data", path]) {
                try Data("x".utf8).write(to: $0.appending(path: "file"))
            }

            Self.expectSentence(outcome, text)
        }

        @Test(arguments: [
            ("empty", "is an empty file."), ("letter", "is not a SQLite database, or it is damaged."),
            ("", "is a directory."),
        ])
        func `when the database is something else, then it ends with a sentence and leaves it alone`(
            name: String, text: String
        ) async throws {
            let letter = Data(String(repeating: "Dear reader. ", count: 100).utf8)
            let outcome = try await Self.outcome(["--database", "sqlite:DIRECTORY/\(name)"]) {
                try Data().write(to: $0.appending(path: "empty"))
                try letter.write(to: $0.appending(path: "letter"))
            }

            Self.expectSentence(outcome, text)
        }

        @Test(arguments: [
            "postgres://ferry@127.0.0.1:99999/ferry", "postgres://ferry@127.0.0.1/ferry?sslmode=loud",
            "postgres://ferry:secret", "postgres://ferry@127.0.0.1/ferry?no_such_option=1",
        ])
        func `when the address of PostgreSQL can never work, then it ends at once without showing it`(
            address: String
        ) async throws {
            let start = ContinuousClock.now
            let outcome = try await Self.outcome([], ["DATABASE_URL": address])

            Self.expectSentence(outcome, "The address of the PostgreSQL database cannot be")
            #expect(!outcome.errors.contains("secret"))
            #expect(!outcome.errors.contains("Waiting for the database"))
            #expect(ContinuousClock.now - start < .seconds(25))
        }

        @Test(arguments: [
            ("keeper:wrong%20secret", "postgres", "rejects the user or password of the database's address"),
            ("nobody:wrong%20secret", "postgres", "rejects the user or password of the database's address"),
            ("keeper:right%20secret", "elsewhere", "The database of the address does not exist"),
        ])
        func `when PostgreSQL rejects the password or knows no such database, then it ends at once with a sentence`(
            credentials: String, database: String, text: String
        ) async throws {
            let server = try await PostgreSQLServer()
            try await server.requirePassword("right secret", of: "keeper")
            let address =
                String(server.url.dropLast("postgres".count)).replacing("//ferry@", with: "//\(credentials)@")
                + database

            let outcome = try await Self.outcome([], ["DATABASE_URL": address])
            try await server.remove()

            Self.expectSentence(outcome, text)
            #expect(!outcome.errors.contains("secret"))
            #expect(!outcome.errors.contains("Waiting for the database"))
        }

        @Test func `when PostgreSQL is not there, then it waits for a while and ends with a sentence`() async throws {
            let outcome = try await Self.outcome([], ["DATABASE_URL": "postgres://ferry@127.0.0.1:1/ferry"])

            Self.expectSentence(outcome, "The PostgreSQL server cannot be reached")
            #expect(outcome.errors.contains("Waiting for the database"))
        }
    }
}
