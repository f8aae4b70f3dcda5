import Foundation
import HostileServers
import JSON
import ZipFixtures

/// Work of a workspace during which its process is killed.
struct KillScenario: Sendable {
    typealias Steps = @Sendable (MortalServer, Web) async throws -> Void

    let name: String
    /// What is done before, undisturbed.
    let prepare: Steps
    /// What is done, with calls that are repeated when the connection breaks.
    let run: Steps
    /// Points at which the first processes end in every run, before those that are tested.
    let deaths: [String]
    /// Whether a process that is killed may leave a file without a row, which only takes space.
    let mayLeaveFiles: Bool

    init(
        _ name: String, deaths: [String] = [], mayLeaveFiles: Bool = false, prepare: @escaping Steps,
        run: @escaping Steps
    ) {
        self.name = name
        self.deaths = deaths
        self.mayLeaveFiles = mayLeaveFiles
        self.prepare = prepare
        self.run = run
    }

    /// The addresses of files that imports point to.
    struct Web: Sendable {
        let url: String

        static let image = "GIF89a\u{1}\u{0}\u{1}\u{0}"
        private static let contacts = "name,email\nKim,kim@example.com\n"

        /// Runs a server with the files.
        static func run(_ body: (Web) async throws -> Void) async throws {
            let drip = HostileServer.Answer.drip(
                "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1000000\r\n\r\n", milliseconds: 20)
            try await HostileServer.run([
                "/image": .file(image), "/image2": .file(image), "/plan.txt": .file("the plan"),
                "/contacts.csv": .file(contacts), "/slow": drip,
            ]) { server in try await body(Web(url: server.url)) }
        }
    }

    /// A user of an import.
    static func user(_ name: String, _ more: String = "") -> String {
        #"{"username":"\#(name)","emails":["\#(name)@example.com"],"importIds":["\#(name)"]\#(more)}"#
    }

    /// A message of an import.
    static func message(_ id: String, by user: String, in room: String, at time: Int = 1_704_067_200_000) -> String {
        #"{"_id":"\#(id)","rid":"\#(room)","u":{"_id":"\#(user)"},"ts":\#(time),"msg":"hello from \#(user)"}"#
    }

    /// A body with a list.
    static func body(_ list: String, _ elements: [String]) -> String {
        #"{"\#(list)":[\#(elements.joined(separator: ","))]}"#
    }

    private static let nothing: Steps = { _, _ in }

    /// All scenarios, each with what it alone reaches.
    static let all = [users, retry, file, undo, pause, cancel, downloads, fetch, division]

    // MARK: Records of requests

    private static let rooms = [
        #"{"importIds":["C1"],"name":"quay","t":"c","users":["ann"],"u":{"_id":"ann"}}"#,
        #"{"importIds":["C2"],"t":"p","users":["ann","ben"],"u":{"_id":"ann"}}"#,
    ]

    private static let messages = [
        message("m0", by: "ann", in: "C1"), message("m1", by: "ben", in: "C1"), message("m2", by: "ann", in: "C2"),
        message("m3", by: "ben", in: "C2"),
        #"{"_id":"m4","rid":"C1","u":{"_id":"ann"},"ts":1704067200001,"msg":"reply","tmid":"m0"}"#,
        #"{"_id":"m5","rid":"C1","u":{"_id":"ann"},"msg":"no time"}"#,
    ]

    private static let users = KillScenario("users, rooms and messages", prepare: nothing) { server, web in
        try await server.call("POST", "import.new", unless: { $0["state"] == .string("new") })
        // The second user lacks an address, so nothing of the body is staged.
        try await server.call(
            "POST", "import.addUsers", body("users", [user("one"), #"{"username":"two"}"#]), mayFail: true)
        let people = [
            user("ann", #","avatarUrl":"\#(web.url)/image""#), user("ben", #","type":"wizard""#),
            user("zed", #","type":"wizard""#), user("cat", #","avatarUrl":"data:image/gif;base64,R0lGODlhAQABAA==""#),
            user("dan", #","avatarUrl":"\#(web.url)/missing""#),
        ]
        try await server.call(
            "POST", "import.addUsers", body("users", people), unless: { $0.count("users") > 0 })
        try await server.call(
            "POST", "import.addChannels", body("channels", rooms), unless: { $0.count("channels") > 0 })
        try await server.call(
            "POST", "import.addMessages", body("messages", messages), unless: { $0.count("messages") > 0 })
        try await server.call("GET", "import.records?type=user&search=a")
        try await server.call("POST", "import.check", "{}")
        try await server.call("POST", "import.run", unless: \.isStarted)
        try await server.status { $0["state"] == .string("done") }
    }

    private static let retry = KillScenario("a retry with corrections") { server, web in
        try await users.run(server, web)
    } run: { server, web in
        let failures = try await server.call("GET", "import.failures?count=100")["failures"]?.elements ?? []
        func id(_ marker: String) -> String {
            failures.first { $0.serialized().contains(marker) }?["id"]?.serialized() ?? "null"
        }
        try await server.call("POST", "import.retry", #"{"ids":[\#(id(#""zed""#)),"1"]}"#, mayFail: true)
        try await server.call("GET", "import.failures?search=a")
        let corrections = [
            #"{"id":\#(id(#""ben""#)),"data":\#(user("ben"))}"#,
            #"{"id":\#(id(#""C2""#)),"data":{"importIds":["C2"],"name":"dock","t":"p","users":["ann","ben"],"u":{"_id":"ann"}}}"#,
            #"{"id":\#(id(#""m5""#)),"data":\#(message("m5", by: "ann", in: "C1"))}"#,
        ]
        let others = [id(#""m1""#), id(#""m2""#), id(#""m3""#)].joined(separator: ",")
        let errors = try await server.call("GET", "import.status").count("error")
        try await server.call(
            "POST", "import.retry", #"{"ids":[\#(others)],"records":[\#(corrections.joined(separator: ","))]}"#,
            unless: { $0["state"] == .string("importing") || $0.count("error") < errors })
        try await server.status { $0["state"] == .string("done") }
    }

    private static let division = KillScenario(
        "a batch that ended its process three times", deaths: Array(repeating: "applyUsers.before", count: 3)
    ) { server, web in
        try await server.call("POST", "import.new")
        try await server.call("POST", "import.addUsers", body("users", ["ann", "ben", "cat"].map { user($0) }))
    } run: { server, web in
        try await server.call("POST", "import.run", unless: \.isStarted)
        try await server.status { $0["state"] == .string("done") }
    }

    // MARK: Files

    /// A Slack export with a thread, files inside and outside of the archive, and one of each that cannot be read.
    private static func export(_ web: Web) -> String {
        let files = [
            (id: "F1", name: "in.txt", url: "https://files.slack.com/in.txt"),
            (id: "F2", name: "damaged.txt", url: "https://files.slack.com/damaged.txt"),
            (id: "F3", name: "plan.txt", url: "\(web.url)/plan.txt"),
            (id: "F4", name: "gone.txt", url: "\(web.url)/gone.txt"),
        ]
        var messages = files.enumerated().map { index, file in
            #"{"type":"message","user":"U1","ts":"1700000000.00000\#(index)","text":"","files":[{"id":"\#(file.id)","#
                + #""name":"\#(file.name)","url_private":"\#(file.url)"}]}"#
        }
        messages.append(
            #"{"type":"message","user":"U2","ts":"1700000001.000100","text":"a","thread_ts":"1700000001.000100"}"#)
        messages.append(
            #"{"type":"message","user":"U1","ts":"1700000002.000100","text":"b","thread_ts":"1700000001.000100"}"#)
        let avatar = #""image_512":"\#(web.url)/image","is_custom_image":true"#
        var zip = StoredZip(files: [
            (
                "users.json",
                Array(
                    (#"[{"id":"U1","name":"ann","profile":{"real_name":"Ann",\#(avatar)}},"#
                        + #"{"id":"U2","name":"ben","is_restricted":true,"profile":{"real_name":"Ben"}}]"#).utf8)
            ),
            ("channels.json", Array(#"[{"id":"C1","name":"quay","creator":"U1","members":["U1","U2"]}]"#.utf8)),
            ("quay/2023-11-14.json", Array("[\(messages.joined(separator: ","))]".utf8)),
            ("__uploads/F1/in.txt", Array("inside".utf8)), ("__uploads/F2/damaged.txt", Array("damaged".utf8)),
        ])
        zip.entries[4].crc = 0
        return Data(zip.bytes).base64EncodedString()
    }

    static let file = KillScenario("a Slack export with files", mayLeaveFiles: true, prepare: nothing) {
        server, web in
        try await server.call(
            "POST", "uploadImportFile",
            #"{"binaryContent":"\#(export(web))","contentType":"application/zip","fileName":"export.zip","#
                + #""importerKey":"slack"}"#,
            unless: { $0["state"] != .string("none") })
        try await startImport(of: server, policy: #"{"users":"bind","downloads":"automatic"}"#)
        try await server.poll("import.downloads?count=100") { response in
            !(response["downloads"]?.elements ?? []).contains { $0["state"] == .string("queued") }
        }
    }

    /// Reads the file of the current operation and imports it.
    private static func startImport(of server: MortalServer, policy: String = "{}") async throws {
        try await server.poll("getImportFileData") { $0["waiting"] == nil }
        try await server.call(
            "POST", "startImport",
            #"{"input":{"users":{"all":true},"channels":{"all":true},"contacts":{"all":true}},"policy":\#(policy)}"#,
            unless: \.isStarted)
        try await server.status { $0["state"] == .string("done") }
    }

    private static let undo = KillScenario("an undo and a deletion") { server, web in
        try await file.run(server, web)
    } run: { server, web in
        let id = try await server.call("GET", "import.status")["operation"]?["_id"]?.serialized() ?? ""
        try await undoImport(of: server)
        try await server.call(
            "POST", "import.delete", #"{"operationId":\#(id)}"#, unless: { $0["state"] == .string("none") })
    }

    /// Undoes the current import.
    static func undoImport(of server: MortalServer) async throws {
        try await server.call("POST", "import.undo", "{}")
        try await server.status { $0["undone"] == .boolean(true) && $0["state"] == .string("canceled") }
    }

    private static let fetch = KillScenario("files from addresses", mayLeaveFiles: true, prepare: nothing) {
        server, web in
        try await server.call(
            "POST", "downloadPublicImportFile",
            #"{"fileUrl":"\#(web.url)/gone.csv","importerKey":"omnichannel_contact"}"#)
        try await server.status { $0["state"] == .string("error") }
        try await server.call(
            "POST", "downloadPublicImportFile",
            #"{"fileUrl":"\#(web.url)/contacts.csv","importerKey":"omnichannel_contact"}"#)
        try await server.poll("import.status") {
            $0["state"] != .string("loading") || $0["operation"]?["status"] == .string("importer_file_loaded")
        }
        try await startImport(of: server)
        try await server.call("POST", "import.clear")
    }

    // MARK: Control

    private static let pause = KillScenario("a pause of users") { server, web in
        try await server.call("POST", "import.new")
        let people = (0..<8).map { user("person\($0)", #","password":"secret \#($0)""#) }
        try await server.call("POST", "import.addUsers", body("users", people))
    } run: { server, web in
        try await server.call("POST", "import.run", unless: \.isStarted)
        // The passwords of a claimed batch are hashed for a while, so the pause comes before it is written.
        try await server.waitUntilReached("claimBatch.after")
        // An import that has ended meanwhile cannot be paused.
        try await server.call("POST", "import.pause", "{}", mayFail: true)
        try await server.status { $0["control"] == .string("paused") || $0["state"] == .string("done") }
        try await server.call("POST", "import.resume", "{}", mayFail: true)
        try await server.status { $0["state"] == .string("done") }
    }

    private static let cancel = KillScenario("a pause and a cancellation of a file", prepare: nothing) { server, web in
        try await server.call(
            "POST", "downloadPublicImportFile", #"{"fileUrl":"\#(web.url)/slow","importerKey":"csv"}"#)
        try await server.waitUntilOpen("/files/temporary/")
        try await server.call("POST", "import.pause", "{}")
        try await server.status { $0["control"] == .string("paused") }
        try await server.call("POST", "import.resume", "{}")
        try await server.waitUntilOpen("/files/temporary/")
        try await server.call("POST", "import.cancel", "{}")
        try await server.status { $0["state"] == .string("canceled") }
        try await server.call("POST", "import.clear")
    }

    // MARK: Downloads

    private static let downloads = KillScenario("downloads", mayLeaveFiles: true) { server, web in
        try await users.run(server, web)
        try await server.call("POST", "downloadPendingAvatars")
        try await fetchAll(server)
        // The account has an avatar, and another one that waits.
        try await server.call("POST", "import.new")
        try await server.call(
            "POST", "import.addUsers",
            body(
                "users",
                [
                    user("ann", #","avatarUrl":"\#(web.url)/image2""#),
                    user("eve", #","avatarUrl":"\#(web.url)/slow""#), user("fay", #","avatarUrl":"\#(web.url)/gone""#),
                ]))
        try await server.call("POST", "import.run", #"{"policy":{"users":"update"}}"#)
        try await server.status { $0["state"] == .string("done") }
        // Nothing can undo this import any more, so the avatar that it replaces goes.
        try await server.call("POST", "import.new")
        try await server.call(
            "POST", "import.addUsers",
            body("users", [user("cat", #","avatarUrl":"data:image/gif;base64,R0lGODlhAQABAAAA""#)]))
        try await server.call("POST", "import.run", #"{"policy":{"users":"update"}}"#)
        let done = try await server.status { $0["state"] == .string("done") }
        if case .string(let id)? = done["operation"]?["_id"] {
            try await server.call("POST", "import.delete", #"{"operationId":"\#(id)"}"#)
        }
    } run: { server, web in
        try await server.call("POST", "downloadPendingAvatars")
        try await fetchAll(server, but: "eve")
        try await server.call("POST", "import.downloads.skip", #"{"state":"queued"}"#)
        try await server.call("POST", "import.downloads.retry", #"{"state":"skipped"}"#)
        try await server.waitUntilOpen("/files/temporary/")
        try await server.call("POST", "import.cancel", #"{"downloads":true}"#)
        try await fetchAll(server)
        try await server.call("POST", "downloadPendingFiles")
    }

    /// Waits until no download is queued.
    private static func fetchAll(_ server: MortalServer, but user: String? = nil) async throws {
        try await server.poll("import.downloads?count=100") { response in
            !(response["downloads"]?.elements ?? []).contains {
                $0["state"] == .string("queued") && (user.map($0.serialized().contains) ?? false) == false
            }
        }
    }
}

extension JSONValue {
    /// Whether the import of a status was started.
    var isStarted: Bool { [.string("importing"), .string("done")].contains(self["state"]) }
}
