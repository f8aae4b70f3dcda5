import Foundation
import JSON
import Testing

extension EndToEnd {
    @Suite(
        "Given ferry serve with 3 GiB of address space, and input that was made to harm it", .serialized,
        .timeLimit(.minutes(10)))
    struct AttackTests {
        /// The database of the workspace.
        enum Database: CaseIterable {
            case sqlite
            case postgresql
        }

        private static func server(_ directory: URL = FerryProcess.newDirectory()) throws -> FerryProcess {
            try FerryProcess(directory: directory, limits: ["--as=\(3 << 30)"])
        }

        private static func server(on database: Database) async throws -> FerryProcess {
            guard database == .postgresql else { return try server() }
            return try FerryProcess(
                directory: FerryProcess.newDirectory(),
                environment: ["DATABASE_URL": try await NewDatabase.address()], limits: ["--as=\(3 << 30)"])
        }

        /// A message whose list of this name has this many equal items.
        private static func message(_ list: String, _ count: Int, of item: String) -> Data {
            var data = Data(#"{"type":"message","user":"U1","ts":"1700000000.000100","text":"hello","\#(list)":["#.utf8)
            data.reserveCapacity(count * (item.utf8.count + 1) + 200)
            let separated = Data((item + ",").utf8)
            for _ in 1..<count { data.append(separated) }
            data.append(Data((item + "]}").utf8))
            return data
        }

        @Test(arguments: [
            ("files", 5_500_000, Database.sqlite), ("attachments", 1_000_000, .sqlite), ("blocks", 1_000_000, .sqlite),
            ("attachments", 1_000_000, .postgresql),
        ])
        func `when one message of an export has millions of parts, then it is imported within bounds, with a finding`(
            list: String, count: Int, database: Database
        ) async throws {
            let server = try await Self.server(on: database)
            try await server.start()
            let archive = try await FerryProcess.slackExport(
                ofMessage: Self.message(list, count, of: "{}"), in: server.directory.appending(path: "export"))
            try await server.upload(archive, importer: "slack")
            let read = try await server.status { $0["state"] != .string("loading") }
            let findings = try await server.call("GET", "import.findings?count=100").serialized()
            let memory = try server.peakMemory()
            try await server.remove()

            #expect(read["state"] == .string("ready"))
            #expect(read.count("total") < 10_000)
            #expect(findings.contains("importer-"))
            #expect(memory < 500_000_000)
        }

        @Test(arguments: Database.allCases)
        func `when a long username is mentioned in many places through the API, then the process lives`(
            database: Database
        ) async throws {
            let server = try await Self.server(on: database)
            try await server.start()
            let name = String(repeating: "x", count: 100_000)
            let text = String(repeating: "@U2 ", count: 50_000)
            try await server.call("POST", "import.new")
            try await server.call(
                "POST", "import.addUsers",
                #"{"users":[{"username":"ann","emails":["a@example.com"],"importIds":["U1"]},"#
                    + #"{"username":"\#(name)","emails":["b@example.com"],"importIds":["U2"]}]}"#)
            try await server.call(
                "POST", "import.addChannels",
                #"{"channels":[{"importIds":["C1"],"name":"quay","t":"c","users":["U1","U2"],"u":{"_id":"U1"}}]}"#)
            try await server.call(
                "POST", "import.addMessages",
                #"{"messages":[{"_id":"m1","rid":"C1","u":{"_id":"U1"},"ts":"2024-01-01T00:00:00.000Z","msg":"\#(text)"}]}"#
            )
            try await server.call("POST", "import.run")
            let done = try await server.status { !["ready", "importing"].map(JSONValue.string).contains($0["state"]) }
            let memory = try server.peakMemory()
            try await server.remove()

            #expect(done["state"] == .string("done"))
            #expect(memory < 500_000_000)
        }

        @Test func `when one record takes more memory than there is, then it is flagged, and all others are imported`()
            async throws
        {
            // Brackets, which each take many times their bytes in conversion.
            let nested = String(repeating: "[", count: 58) + String(repeating: "]", count: 58)
            let poison = Array(repeating: nested, count: 8_500).joined(separator: ",")
            func messages(_ name: String, poisoned: Bool) -> String {
                let messages = (0..<16).map { number in
                    let attachments =
                        poisoned && number == 7
                        ? #"[{"text":":"},\#(poison)]"# : #"[{"text":"x","title_link":"http://a"}]"#
                    return
                        #"{"_id":"\#(name)\#(number)","rid":"C1","u":{"_id":"U1"},"ts":\#(1_700_000_000_000 + number),"#
                        + #""msg":"x","attachments":\#(attachments)}"#
                }
                return #"{"messages":[\#(messages.joined(separator: ","))]}"#
            }
            // Stacks of threads count as data, and the number of threads differs between processes.
            let environment = ["SWIFT_BACKTRACE": "enable=no", "MALLOC_ARENA_MAX": "2"]
            let stack = "--stack=\(2 << 20)"
            let first = try FerryProcess(
                directory: FerryProcess.newDirectory(), environment: environment, limits: [stack])
            try await first.start()
            try await first.call("POST", "import.new")
            try await first.call(
                "POST", "import.addUsers",
                #"{"users":[{"username":"ann","emails":["a@example.com"],"importIds":["U1"]}]}"#)
            try await first.call(
                "POST", "import.addChannels",
                #"{"channels":[{"importIds":["C1"],"name":"quay","t":"c","users":["U1"],"u":{"_id":"U1"}}]}"#)
            try await first.call("POST", "import.addMessages", messages("a", poisoned: false))
            try await first.call("POST", "import.run")
            _ = try await first.status { $0["state"] == .string("done") }
            // The memory of ordinary records, plus half of what the poison needs.
            let limit = try first.memory("VmData") + 32 << 20
            try await first.call("POST", "import.new")
            try await first.call("POST", "import.addMessages", messages("b", poisoned: true))
            _ = try await first.stop()

            var (deaths, done): (Int, JSONValue?) = (0, nil)
            while done == nil, deaths < 15 {
                let next = try FerryProcess(
                    directory: first.directory, environment: environment,
                    limits: [stack, "--data=\(limit)", "--core=0"])
                do {
                    try await next.resume(first)
                    if deaths == 0 { try await next.call("POST", "import.run") }
                    // A process without memory may fail a call and survive.
                    done = try await next.status { ![nil, .string("importing")].contains($0["state"]) }
                    _ = try await next.stop()
                } catch {
                    // The connection ends with the process.
                    let outcome = try await next.waitForTheEnd(within: .seconds(60))
                    #expect(outcome.status != 0)
                    deaths += 1
                }
            }
            let last = try FerryProcess(directory: first.directory)
            try await last.start()
            let failures = try await last.call("GET", "import.failures")
            try await last.remove()

            #expect((3...12).contains(deaths))
            #expect(done?["state"] == .string("done"))
            #expect(done?.count("completed") == 15)
            #expect(done?.count("error") == 1)
            #expect(failures["total"]?.serialized() == "1")
            #expect(failures.serialized().contains(#""code":"importer-process-ended""#))
            #expect(failures.serialized().contains(#""_id":"b7""#))
        }

        @Test func `when a file ends the process three times, then its operation ends and reports why`() async throws {
            let directory = FerryProcess.newDirectory()
            let first = try Self.server(directory)
            try await first.start()
            let archive = try await FerryProcess.archive(of: 400_000, in: directory.appending(path: "export"))
            try await first.upload(archive)
            _ = try await first.status { $0["operation"]?["status"] != .string("importer_preparing_started") }
            _ = try await first.stop(with: SIGKILL)
            var ended: (status: JSONValue, data: String)?
            for _ in 0..<12 where ended == nil {
                let next = try Self.server(directory)
                try await next.start()
                // A process has the file open once it has claimed it, which makes an attempt.
                let status = try await next.status {
                    try $0["state"] != .string("loading") || next.hasOpen("/files/imports/")
                }
                if status["state"] != .string("loading") {
                    ended = (status, try await next.call("GET", "getImportFileData").serialized())
                }
                _ = try await next.stop(with: SIGKILL)
            }
            try await first.remove()

            let (status, data) = try #require(ended)
            #expect(status["state"] == .string("error"))
            #expect(status.serialized().contains("importer-file-process-ended"))
            #expect(data.contains("importer-file-process-ended"))
        }

        @Test func `when the process is stopped in order while it reads a file, then that is no attempt`() async throws
        {
            let directory = FerryProcess.newDirectory()
            let first = try Self.server(directory)
            try await first.start()
            let archive = try await FerryProcess.archive(of: 200_000, in: directory.appending(path: "export"))
            try await first.upload(archive)
            var outcomes = [try await first.stop()]
            for _ in 0..<3 {
                let next = try Self.server(directory)
                try await next.start()
                try await Task.sleep(for: .milliseconds(300))
                outcomes.append(try await next.stop())
            }

            let last = try Self.server(directory)
            try await last.start()
            let ready = try await last.status { $0["state"] != .string("loading") }
            try await last.remove()

            #expect(outcomes.map(\.status) == [0, 0, 0, 0], "\(outcomes)")
            #expect(ready["state"] == .string("ready"))
        }

        @Test(arguments: Database.allCases)
        func `when an import is cleared while its file is read, then the next file does not wait`(
            database: Database
        ) async throws {
            let server = try await Self.server(on: database)
            try await server.start()
            let large = try await FerryProcess.slackExport(
                ofMessage: Self.message("files", 5_500_000, of: "{}"), in: server.directory.appending(path: "large"))
            let small = try await FerryProcess.archive(of: 10, in: server.directory.appending(path: "small"))
            let clock = ContinuousClock()
            try await server.upload(large, importer: "slack")

            let duration = try await clock.measure {
                try await server.call("POST", "import.clear")
                try await server.upload(small)
                try await server.waitUntilFileIsRead()
            }
            let ready = try await server.call("GET", "import.status")
            let told = clock.now
            let outcome = try await server.stop()
            let end = clock.now - told
            try await server.remove()

            #expect(ready["state"] == .string("ready"))
            #expect(ready.count("total") == 13)
            #expect(duration < EndToEnd.promptTime)
            #expect(outcome.status == 0)
            #expect(end < .seconds(30))
        }

        @Test func `when a member asks for all of a room of large messages many times, then memory stays bounded`()
            async throws
        {
            let server = try Self.server()
            try await server.start()
            try await server.call("POST", "import.new")
            try await server.call(
                "POST", "import.addUsers",
                #"{"users":[{"username":"ann","emails":["a@example.com"],"importIds":["U1"],"password":"p"}]}"#)
            try await server.call(
                "POST", "import.addChannels",
                #"{"channels":[{"importIds":["C1"],"name":"quay","t":"c","users":["U1"],"u":{"_id":"U1"}}]}"#)
            let text = String(repeating: "x", count: 300_000)
            for batch in 0..<20 {
                let messages = (0..<20).map {
                    #"{"_id":"m\#(batch)-\#($0)","rid":"C1","u":{"_id":"U1"},"ts":\#(1_700_000_000_000 + batch * 20 + $0),"#
                        + #""msg":"\#(text)"}"#
                }
                try await server.call(
                    "POST", "import.addMessages", #"{"messages":[\#(messages.joined(separator: ","))]}"#)
            }
            try await server.call("POST", "import.run")
            _ = try await server.status { $0["state"] == .string("done") }
            try await server.signIn(as: "ann", password: "p")

            let request = try server.request("GET", "channels.messages?roomName=quay&count=0")
            let pages = try await withThrowingTaskGroup(of: JSONValue.self) { group in
                for _ in 0..<12 {
                    group.addTask { try JSONValue(parsing: try await FerryProcess.body(of: request)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let memory = try server.peakMemory()
            try await server.remove()

            // A page ends early and states the total; beyond the memory of all pages the call is rejected.
            for page in pages where page["success"] == .boolean(true) {
                #expect(page["total"]?.serialized() == "400")
                if case .array(let messages)? = page["messages"] { #expect(messages.count < 100) }
            }
            #expect(pages.contains { $0["success"] == .boolean(true) })
            #expect(memory < 600_000_000)
        }
    }
}
