import Foundation
import HostileServers
import ImportDomain
import ImportEngine
import ImportFixtures
import SQL
import Testing

@Suite("Given messages with files on other servers", .onEveryStore, .timeLimit(.minutes(10)))
struct DownloadWorkerTests {
    private typealias Answer = HostileServer.Answer

    @Test func `when files are asked for, then each is fetched once and every message that carries it shows it`()
        async throws
    {
        try await DownloadScene.with { scene in
            try await HostileServer.run(["/a?t=secret": .file(DownloadScene.picture), "/b": .file("text")]) { server in
                try await scene.add("m1", carrying: "F1", at: "\(server.url)/a?t=secret")
                try await scene.add("m2", carrying: "F1", at: "\(server.url)/a?t=secret")
                try await scene.add("m3", carrying: "F2", at: "\(server.url)/b")
                let waiting = try await scene.fetch()
                let asked = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                try await scene.fetch()

                #expect(!waiting)
                #expect(asked == 2)
                #expect(server.requests.count == 2)
                let shown = try await scene.file("m1")
                #expect(shown.pixels == PixelSize(width: 1, height: 1))
                #expect(!"\(shown)".contains("secret"))
                #expect(try await scene.file("m2") == shown)
                #expect(try await scene.file("m3").mediaType == "text/plain")
                #expect(try await scene.count(.done) == 2)
            }
        }
    }

    @Test func `when a message comes later with a file that is there, then it shows it at once`() async throws {
        try await DownloadScene.with { scene in
            try await HostileServer.run(["/a": .file(DownloadScene.picture)]) { server in
                try await scene.add("m1", carrying: "F1", at: "\(server.url)/a")
                _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                try await scene.fetch()
                try await scene.add("m2", carrying: "F1", at: "\(server.url)/a")

                #expect(try await scene.file("m2") == scene.file("m1"))
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test func `when a server asks for patience, then the file is fetched when the time has come`() async throws {
        try await DownloadScene.with { scene in
            let busy = Answer.status("503 Busy", header: "Retry-After: 3600\r\n")
            try await HostileServer.run(["/a": .inTurn([busy, .file(DownloadScene.picture)])]) { server in
                try await scene.add("m1", carrying: "F1", at: "\(server.url)/a")
                _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                let first = try await scene.fetch()
                let early = try await scene.fetch()
                try await scene.workspace.files.makeDownloadsDue()
                let second = try await scene.fetch()

                #expect(first)
                #expect(!early)
                #expect(second)
                #expect(server.requests.count == 2)
                #expect(try await scene.file("m1").isStored)
            }
        }
    }

    @Test func `when every attempt fails, then the message reports why, and asking again tries again`() async throws {
        try await DownloadScene.with { scene in
            let answers = Array(repeating: Answer.status("500 Broken"), count: 3) + [.file(DownloadScene.picture)]
            try await HostileServer.run(["/a?t=secret": .inTurn(answers)]) { server in
                try await scene.add("m1", carrying: "F1", at: "\(server.url)/a?t=secret")
                _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                try await scene.fetch()
                let told = try await scene.file("m1")
                let attempts = server.requests.count
                let failed = try await scene.count(.failed)
                let again = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                try await scene.fetch()

                #expect(told.reason?.contains("500") == true)
                #expect(!"\(told)".contains("secret"))
                #expect(attempts == 3)
                #expect(failed == 1)
                #expect(again == 1)
                #expect(try await scene.file("m1").isStored)
            }
        }
    }

    @Test(arguments: [
        (Answer.status("404 Gone"), "404"),
        (.file("<html>Sign in</html>", header: "Content-Type: text/html\r\n"), "page"),
        (.redirect("http://127.0.0.2/inside"), "127.0.0.2"),
    ])
    fileprivate func `when a retry would fail again, then there is none`(
        answer: HostileServer.Answer, reason: String
    ) async throws {
        try await DownloadScene.with { scene in
            try await HostileServer.run(["/a": answer]) { server in
                try await scene.add("m1", carrying: "F1", at: "\(server.url)/a")
                _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                try await scene.fetch()

                #expect(server.requests.count == 1)
                #expect(try await scene.file("m1").reason?.contains(reason) == true)
                #expect(try await scene.count(.failed) == 1)
            }
        }
    }

    @Test func `when an address redirects to a private one, then that one is not asked`() async throws {
        try await HostileServer.run(["/secret": .file("secret")]) { inside in
            try await HostileServer.run(["/a": .redirect("\(inside.url)/secret")]) { server in
                try await DownloadScene.with(allowlist: "127.0.0.1:\(server.port)") { scene in
                    try await scene.add("m1", carrying: "F1", at: "\(server.url)/a")
                    _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                    try await scene.fetch()

                    #expect(server.requests.count == 1)
                    #expect(inside.requests.isEmpty)
                    #expect(try await scene.count(.failed) == 1)
                }
            }
        }
    }

    @Test func `when a server says nothing, then it has two connections and everything else continues`() async throws {
        try await DownloadScene.with { scene in
            let silent = Dictionary(uniqueKeysWithValues: (1...20).map { ("/\($0)", Answer.silence) })
            let answering = Dictionary(uniqueKeysWithValues: (1...5).map { ("/\($0)", Answer.file("\($0)")) })
            try await HostileServer.run(silent) { hanging in
                try await HostileServer.run(answering) { server in
                    for number in 1...20 {
                        try await scene.add("h\(number)", carrying: "H\(number)", at: "\(hanging.url)/\(number)")
                    }
                    for number in 1...5 {
                        try await scene.add("m\(number)", carrying: "F\(number)", at: "\(server.url)/\(number)")
                    }
                    _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                    let worker = try scene.worker { ($0.idleTime, $0.totalTime) = (.seconds(3_600), .seconds(3_600)) }
                    let fetching = Task { try await worker.step() }
                    while try await scene.count(.done) < 5 || hanging.requests.count < 2 {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    let operation = try await scene.workspace.importing([StagedUser("ada")])
                    let connections = hanging.requests.count
                    fetching.cancel()
                    _ = await fetching.result

                    #expect(operation.phase == .ended(.done))
                    #expect(connections == 2)
                    #expect(try await scene.count(.queued) == 20)
                }
            }
        }
    }

    /// What ends a download in progress.
    enum End: CaseIterable { case skip, removal }

    @Test(arguments: End.allCases)
    func `when a file in progress is skipped or goes with its import, then the download stops and leaves nothing`(
        end: End
    ) async throws {
        try await DownloadScene.with { scene in
            let slow = Answer.drip("HTTP/1.1 200 OK\r\nContent-Length: 400000000\r\n\r\n", milliseconds: 20)
            try await HostileServer.run(["/a": slow, "/b": .silence]) { server in
                try await scene.add("m1", carrying: "F1", at: "\(server.url)/a")
                try await scene.add("m2", carrying: "F2", at: "\(server.url)/b")
                _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                // Nothing but the test ends them.
                let fetching = Task {
                    try await scene.fetch { ($0.idleTime, $0.totalTime) = (.seconds(3_600), .seconds(3_600)) }
                }
                while server.requests.count < 2 { try await Task.sleep(for: .milliseconds(10)) }

                switch end {
                case .skip:
                    _ = try await scene.workspace.engine.downloads.skip(.matching(DownloadFilter(state: .queued)))
                case .removal:
                    try await scene.workspace.files.database.write { connection in
                        _ = try connection.execute("DELETE FROM downloads")
                    }
                }

                #expect(try await fetching.value)
                let directory = scene.workspace.files.directory.appending(path: "files")
                let paths = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
                let left = try (paths?.compactMap { $0 as? URL } ?? []).filter { path in
                    try path.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile ?? false
                }
                #expect(left.filter { $0.path.contains("/temporary/") || $0.path.contains("/uploads/") } == [])
                #expect(server.requests.count == 2)
            }
        }
    }

    @Test func `when a worker is gone, then another one fetches its downloads, and only then`() async throws {
        try await DownloadScene.with { scene in
            try await HostileServer.run(["/a": .inTurn([.silence, .file("text")])]) { server in
                try await scene.add("m1", carrying: "F1", at: "\(server.url)/a")
                _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                let gone = try scene.worker()
                let fetching = Task { try await gone.step() }
                while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                let meanwhile = try await scene.fetch()
                fetching.cancel()
                _ = await fetching.result
                // It did not release its leases.
                let leased = try await scene.fetch()
                try await scene.workspace.files.expireLeases()
                let taken = try await scene.fetch()

                #expect(!meanwhile)
                #expect(!leased)
                #expect(taken)
                #expect(server.requests.count == 2)
                #expect(try await scene.file("m1").isStored)
            }
        }
    }

    @Test func `when a file is larger than it may be, then nothing of it is kept`() async throws {
        try await DownloadScene.with { scene in
            let endless = Answer.endless("HTTP/1.1 200 OK\r\n\r\n", repeating: "0123456789abcdef")
            try await HostileServer.run(["/a": endless]) { server in
                try await scene.add("m1", carrying: "F1", at: "\(server.url)/a")
                _ = try await scene.workspace.engine.downloads.enqueueFiles(by: .rocketCat)
                try await scene.fetch { $0.fileBytes = 1 << 20 }

                #expect(try await scene.file("m1").reason != nil)
                #expect(try scene.workspace.files.contents().allSatisfy { !$0.starts(with: Data("0123456789".utf8)) })
            }
        }
    }
}
