import HostileServers
import Synchronization

@testable import FerryClient

/// The delays of a client, which take no time.
final class RecordedPauses: Sendable {
    private let durations = Mutex<[Duration]>([])

    /// The delays so far.
    var all: [Duration] { durations.withLock { $0 } }

    /// Waiting that records delays. A silent server is noticed at once, or never.
    func waiting(isImpatient: Bool = false) -> Waiting {
        var waiting = Waiting(clock: ContinuousClock())
        waiting.pause = { duration in
            try Task.checkCancellation()
            self.durations.withLock { $0.append(duration) }
            await Task.yield()
        }
        waiting.silence = { _ in
            if isImpatient { return }
            // The end of the call cancels it.
            try await Task.sleep(for: .seconds(3_600))
        }
        waiting.random = { 1 }
        return waiting
    }
}

/// A client and a server of scripted responses.
struct TestClient {
    let client: FerryClient
    let server: HostileServer
    let pauses: RecordedPauses

    /// Runs a test with a server that gives these responses.
    static func with<Value>(
        _ answers: [String: HostileServer.Answer], isImpatient: Bool = false,
        configuration: ClientConfiguration = ClientConfiguration(), _ test: (TestClient) async throws -> Value
    ) async throws -> Value {
        let pauses = RecordedPauses()
        let paths = Dictionary(uniqueKeysWithValues: answers.map { ($0.hasPrefix("/") ? $0 : "/api/v1/\($0)", $1) })
        return try await HostileServer.run(paths) { server in
            let client = try FerryClient(
                server.url, session: Session(userID: "CkCPNctrgCDfmWLqC", token: "a secret token"),
                configuration: configuration, waiting: pauses.waiting(isImpatient: isImpatient))
            return try await test(TestClient(client: client, server: server, pauses: pauses))
        }
    }

    /// How many requests for a call the server received.
    func requests(for name: String) -> Int { server.bodies(of: "/api/v1/\(name)").count }

    /// The bodies of these requests.
    func bodies(of name: String) -> [String] { server.bodies(of: "/api/v1/\(name)") }
}

extension HostileServer.Answer {
    /// A complete JSON response.
    static func json(_ body: String, status: String = "200 OK", header: String = "") -> Self {
        .bytes(
            "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\(header)\r\n"
                + body)
    }

    /// `{"success":true}`.
    static var success: Self { .json(#"{"success":true}"#) }

    /// The state of an operation with this many staged users.
    static func staged(_ users: Int, id: String = "64e6a2c1f2b3a4d5e6f70819", state: String = "ready") -> Self {
        let step = ["ready": "importer_user_selection", "done": "importer_done", "new": "importer_new"][state]
        return .json(
            #"{"state":"\#(state)","operation":{"_id":"\#(id)","type":"api","importerKey":"api","#
                + #""ts":"2026-01-31T12:00:00.000Z","status":"\#(step ?? "importer_importing_users")","valid":true,"#
                + #""user":"u","_updatedAt":"2026-01-31T12:00:00.000Z","count":{"total":\#(users),"users":\#(users)}},"#
                + #""success":true}"#)
    }
}
