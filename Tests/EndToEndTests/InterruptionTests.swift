import Foundation
import FoundationNetworking
import HostileServers
import JSON
import Testing

extension EndToEnd {
    @Suite("Given ferry serve in the middle of its work", .serialized, .timeLimit(.minutes(5)))
    struct InterruptionTests {
        /// The work that is interrupted.
        enum Work: String, CaseIterable {
            case readingFile
            case importingPasswords
            case fetchingImportFile
            case downloadingAvatars
        }

        /// So many passwords that no machine hashes them before it is interrupted.
        private static let passwordCount = 1_000

        /// A file without an end.
        private static let slowAnswer = HostileServer.Answer.drip(
            "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1000000\r\n\r\n", milliseconds: 20)

        private static func users(_ range: Range<Int>, _ more: (Int) -> String = { _ in "" }) -> String {
            let users = range.map { number in
                #"{"username":"person\#(number)","emails":["person\#(number)@example.com"],"importIds":["id\#(number)"]\#(more(number))}"#
            }
            return #"{"users":["# + users.joined(separator: ",") + "]}"
        }

        /// Imports users from the creation of an operation to its end.
        private static func importing(_ users: String, on server: FerryProcess) async throws -> JSONValue {
            try await server.call("POST", "import.new")
            try await server.call("POST", "import.addUsers", users)
            try await server.call("POST", "import.run")
            return try await server.status { $0["state"] != .string("importing") }
        }

        /// Begins work and returns in the middle of it.
        private static func begin(_ work: Work, on server: FerryProcess, files: HostileServer) async throws {
            try await server.call("POST", "settings/SSRF_Allowlist", #"{"value":"127.0.0.1"}"#)
            switch work {
            case .readingFile:
                // One element of 6 MB, inside which reading must stop.
                var message = Data(#"{"type":"message","user":"U1","ts":"1700000000.000100","text":"x","files":["#.utf8)
                for _ in 0..<2_000_000 { message.append(contentsOf: [0x7B, 0x7D, 0x2C]) }
                message.append(Data("{}]}".utf8))
                let archive = try await FerryProcess.slackExport(
                    ofMessage: message, in: server.directory.appending(path: "export"))
                try await server.upload(archive, importer: "slack")
                while try !server.hasOpen("/files/imports/") { try await Task.sleep(for: .milliseconds(5)) }
            case .importingPasswords:
                try await server.call("POST", "import.new")
                try await server.call(
                    "POST", "import.addUsers", users(0..<passwordCount) { #","password":"secret \#($0)""# })
                try await server.call("POST", "import.run")
                _ = try await server.status { $0.count("completed") > 0 }
            case .fetchingImportFile:
                try await server.call(
                    "POST", "downloadPublicImportFile", #"{"fileUrl":"\#(files.url)/slow","importerKey":"csv"}"#)
                while files.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            case .downloadingAvatars:
                let avatar = #","avatarUrl":"\#(files.url)/slow""#
                _ = try await importing(users(0..<2) { _ in avatar }, on: server)
                try await server.call("POST", "downloadPendingAvatars")
                while files.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            }
        }

        @Test(arguments: Work.allCases)
        func `when it gets SIGTERM, then it ends with status 0 within 30 s and continues after a restart`(
            work: Work
        ) async throws {
            try await HostileServer.run(["/slow": Self.slowAnswer]) { files in
                let server = try FerryProcess(directory: FerryProcess.newDirectory())
                try await server.start()
                try await Self.begin(work, on: server, files: files)
                let fetched = files.requests.count

                let outcome = try await server.stopInTime()
                let second = try FerryProcess(directory: server.directory)
                try await second.start()
                switch work {
                case .readingFile:
                    let ready = try await second.status { $0["state"] != .string("loading") }
                    #expect(ready["state"] == .string("ready"))
                case .importingPasswords:
                    let before = try await second.call("GET", "import.status").count("completed")
                    let after = try await second.status { $0.count("completed") > before }
                    #expect(after.count("error") == 0)
                case .fetchingImportFile, .downloadingAvatars:
                    while files.requests.count == fetched { try await Task.sleep(for: .milliseconds(20)) }
                }
                let last = try await second.stopInTime()
                try await server.remove()

                #expect(outcome.status == 0)
                #expect(last.status == 0)
                #expect(!outcome.errors.contains("did not end"))
            }
        }

        @Test(arguments: Work.allCases)
        func `when import.clear is called, then nothing more is written and the next import begins at once`(
            work: Work
        ) async throws {
            try await HostileServer.run(["/slow": Self.slowAnswer]) { files in
                let server = try FerryProcess(directory: FerryProcess.newDirectory())
                try await server.start()
                try await Self.begin(work, on: server, files: files)

                let duration = try await ContinuousClock().measure { try await server.call("POST", "import.clear") }
                let cleared = try await server.call("GET", "import.status")
                let left = try await server.userCount()
                let next = try await Self.importing(Self.users(5_000..<5_010), on: server)
                let after = try await server.userCount()
                let outcome = try await server.stopInTime()
                try await server.remove()

                #expect(duration < EndToEnd.promptTime)
                // Downloads of avatars do not depend on their import.
                #expect(cleared["state"] == .string(work == .downloadingAvatars ? "done" : "canceled"))
                #expect(next["state"] == .string("done"))
                #expect(next.count("completed") == 10)
                #expect(after == left + 10)
                #expect(outcome.status == 0)
            }
        }

        @Test(arguments: Work.allCases)
        func `when it is paused, then it stops within 2 s, also through a restart, until it is resumed`(work: Work)
            async throws
        {
            try await HostileServer.run(["/slow": Self.slowAnswer]) { files in
                let server = try FerryProcess(directory: FerryProcess.newDirectory())
                try await server.start()
                try await Self.begin(work, on: server, files: files)

                let duration = try await ContinuousClock().measure {
                    while try await server.control(of: work, after: "import.pause") != .string("paused") {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
                let paused = try await server.call("GET", "import.status")
                let fetched = files.requests.count
                _ = try await server.stopInTime()
                let second = try FerryProcess(directory: server.directory)
                try await second.start()
                // An idle worker looks for work every 2 s.
                try await Task.sleep(for: .seconds(3))
                let still = try await second.call("GET", "import.status")
                let fetchedMeanwhile = files.requests.count
                let control = try await second.control(of: work, after: "import.pause")
                _ = try await second.control(of: work, after: "import.resume")
                switch work {
                case .readingFile:
                    let ready = try await second.status { $0["state"] != .string("loading") }
                    #expect(ready["state"] == .string("ready"))
                case .importingPasswords:
                    let after = try await second.status { $0.count("completed") > still.count("completed") }
                    #expect(after.count("error") == 0)
                case .fetchingImportFile, .downloadingAvatars:
                    while files.requests.count == fetched { try await Task.sleep(for: .milliseconds(20)) }
                }
                let last = try await second.stopInTime()
                try await server.remove()

                #expect(duration < EndToEnd.promptTime)
                #expect(control == .string("paused"))
                #expect(still["state"] == paused["state"])
                #expect(still.count("completed") == paused.count("completed"))
                #expect(fetchedMeanwhile == fetched)
                #expect(last.status == 0)
            }
        }

        @Test(arguments: Work.allCases)
        func `when it is cancelled, then it has ended within 2 s, what is staged stays, and the next import begins`(
            work: Work
        ) async throws {
            try await HostileServer.run(["/slow": Self.slowAnswer]) { files in
                let server = try FerryProcess(directory: FerryProcess.newDirectory())
                try await server.start()
                try await Self.begin(work, on: server, files: files)

                let duration = try await ContinuousClock().measure {
                    try await server.call("POST", "import.cancel", "{}")
                    if work == .downloadingAvatars {
                        try await server.count("SELECT count(*) FROM downloads WHERE state = 'queued'") { $0 == 0 }
                    } else {
                        _ = try await server.status { $0["state"] == .string("canceled") }
                    }
                }
                let canceled = try await server.call("GET", "import.status")
                let fetched = files.requests.count
                let left = try await server.userCount()
                try await Task.sleep(for: .seconds(1))
                let users = try await server.userCount()
                try await server.count("SELECT count(*) FROM import_batches") {
                    work == .importingPasswords ? $0 > 0 : $0 == 0
                }
                let next = try await Self.importing(Self.users(5_000..<5_010), on: server)
                let outcome = try await server.stopInTime()
                try await server.remove()

                #expect(duration < EndToEnd.promptTime)
                #expect(canceled["state"] == .string(work == .downloadingAvatars ? "done" : "canceled"))
                #expect(users == left)
                #expect(files.requests.count == fetched)
                #expect(next["state"] == .string("done"))
                #expect(next.count("completed") == 10)
                #expect(outcome.status == 0)
            }
        }

        @Test(arguments: ["import.clear", "import.new", "import.cancel"])
        func `when a call ends a running import, then the log has one line with its numbers`(call: String) async throws
        {
            let server = try FerryProcess(
                directory: FerryProcess.newDirectory(), environment: ["FERRY_LOG_LEVEL": "info"])
            try await server.start()
            try await server.call("POST", "import.new")
            try await server.call(
                "POST", "import.addUsers", Self.users(0..<Self.passwordCount) { #","password":"secret \#($0)""# })
            try await server.call("POST", "import.run")
            _ = try await server.status { $0.count("completed") > 0 }

            try await server.call("POST", call)
            try await server.log { $0.contains("Import cancelled after") }
            let outcome = try await server.stopInTime()
            try await server.remove()

            let lines = outcome.errors.split(separator: "\n").filter { $0.contains("Import cancelled after") }
            #expect(lines.count == 1)
            let line = try #require(lines.first)
            let numbers = try #require(line.firstMatch(of: /users: (\d+) created, (\d+) pending\./))
            #expect((Int(numbers.1) ?? 0) + (Int(numbers.2) ?? 0) == Self.passwordCount)
        }

        @Test func `when import.clear is called while a slow body is on its way, then nothing of the body is staged`()
            async throws
        {
            let server = try FerryProcess(directory: FerryProcess.newDirectory())
            try await server.start()
            try await server.call("POST", "import.new")
            let body = Array(Self.users(0..<6_000).utf8)
            let request = try server.request("POST", "import.addUsers")
            let headers = (request.allHTTPHeaderFields ?? [:]).map { "\($0): \($1)\r\n" }.joined()
            let connection = try RawConnection(port: server.port)
            await connection.send(
                Array(
                    "POST /api/v1/import.addUsers HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(headers)Content-Length: \(body.count)\r\n\r\n"
                        .utf8))
            // A batch has 2,000 users: two are complete.
            await connection.send(Array(body[..<(body.count * 3 / 4)]))
            try await server.count("SELECT count(*) FROM import_batches WHERE accepted = 0") { $0 == 2 }

            let duration = try await ContinuousClock().measure { try await server.call("POST", "import.clear") }
            let cleared = try await server.call("GET", "import.status")
            try await server.call("POST", "import.new")
            await connection.send(Array(body[(body.count * 3 / 4)...]))
            let answer = await connection.receive()
            let open = try await server.call("GET", "import.status")
            try await server.count("SELECT count(*) FROM import_batches") { $0 == 0 }
            let next = try await Self.importing(Self.users(0..<10), on: server)
            let outcome = try await server.stopInTime()
            try await server.remove()

            #expect(duration < EndToEnd.promptTime)
            #expect(cleared["state"] == .string("canceled"))
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(open["state"] == .string("new"))
            #expect(open.count("total") == 0)
            #expect(next["state"] == .string("done"))
            #expect(next.count("completed") == 10)
            #expect(outcome.status == 0)
        }

        @Test func `when another program locks the SQLite file, then the import waits and continues afterwards`()
            async throws
        {
            let server = try FerryProcess(directory: FerryProcess.newDirectory())
            try await server.start()
            try await server.call("POST", "import.new")
            try await server.call("POST", "import.addUsers", Self.users(0..<20_000))
            try await server.call("POST", "import.run")
            _ = try await server.status { $0.count("completed") > 0 }

            let program = try ForeignProgram("BEGIN EXCLUSIVE", on: server.databaseFile)
            let atTheLock = try await server.call("GET", "import.status")
            try await server.log { $0.contains("Another program has locked the database. Stop it and try again.") }
            let whileLocked = try await server.call("GET", "import.status")
            try await program.end()
            let done = try await server.status { $0["state"] != .string("importing") }
            let outcome = try await server.stopInTime()
            try await server.remove()

            #expect(atTheLock.count("completed") < 20_000)
            #expect(whileLocked["state"] == .string("importing"))
            #expect(whileLocked.count("completed") == atTheLock.count("completed"))
            #expect(done["state"] == .string("done"))
            #expect(done.count("completed") == 20_000)
            #expect(done.count("error") == 0)
            #expect(outcome.status == 0)
        }

        @Test func `when another program has locked the SQLite file, then a call says that nothing was stored`()
            async throws
        {
            let server = try FerryProcess(directory: FerryProcess.newDirectory())
            try await server.start()
            try await server.call("POST", "import.new")
            let program = try ForeignProgram("BEGIN EXCLUSIVE", on: server.databaseFile)

            let refused = try await server.call("POST", "import.addUsers", Self.users(0..<10))
            let read = try await server.call("GET", "users.list?count=1")
            try await program.end()
            let done = try await Self.importing(Self.users(0..<10), on: server)
            let outcome = try await server.stopInTime()
            try await server.remove()

            #expect(refused["errorType"] == .string("error-storage-unavailable"))
            #expect(refused.serialized().contains("nothing was stored"))
            #expect(read["success"] == .boolean(true))
            #expect(done.count("completed") == 10)
            #expect(outcome.status == 0)
        }
    }
}

extension FerryProcess {
    /// Stops the program within the promised time.
    fileprivate func stopInTime() async throws -> Outcome {
        signal(SIGTERM)
        return try await waitForTheEnd(within: .seconds(30))
    }

    /// Makes a call and returns the control of the import, or of the queue of downloads.
    fileprivate func control(of work: EndToEnd.InterruptionTests.Work, after call: String) async throws -> JSONValue? {
        let answer = try await self.call("POST", call, "{}")
        return work == .downloadingAvatars ? answer["downloads"]?["control"] : answer["control"]
    }

    /// How many accounts there are.
    fileprivate func userCount() async throws -> Int {
        Int(try await call("GET", "users.list?count=1")["total"]?.serialized() ?? "") ?? -1
    }
}
