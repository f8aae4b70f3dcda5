import Foundation
import ImportFixtures
import JSON
import PostgreSQLDriver
import SQL
import SQLiteDriver

/// A workspace whose server is killed at planned points, and a client that repeats its calls when the connection breaks.
final class MortalServer {
    /// A workspace that no process has open, of which runs get copies.
    struct Snapshot: Sendable {
        fileprivate let kind: StoreKind
        fileprivate let directory: URL
        fileprivate let address: String?
        fileprivate let session: [String: String]

        /// Removes its directory; the database goes with the server of the tests.
        func remove() throws { try FileManager.default.removeItem(at: directory) }
    }

    private let kind: StoreKind
    private let directory: URL
    private let address: String?
    private let log: URL
    /// The points at which the following processes end, one for each start.
    private var plan: [String]
    private var process: FerryProcess
    /// Whether the plan of the process is to stop it as an administrator does.
    private var endsInOrder: Bool
    /// How many processes ended, by their plan or by `kill()`.
    private(set) var killCount = 0

    /// Marks a point at which the process gets SIGTERM.
    private static let stopMark = "stop "

    /// A point of a plan at which the process gets SIGTERM, not SIGKILL.
    static func stop(at point: String) -> String { stopMark + point }

    // MARK: Workspaces

    /// A new workspace.
    static func create(_ kind: StoreKind) async throws -> MortalServer {
        let server = try MortalServer(
            kind, in: FerryProcess.newDirectory(),
            address: kind == .postgresql ? try await NewDatabase.address() : nil, plan: [])
        try await server.process.start()
        return server
    }

    /// A copy of a workspace.
    ///
    /// - Parameter plan: the point at which each process ends; those after the last one live.
    static func copy(_ snapshot: Snapshot, plan: [String] = []) async throws -> MortalServer {
        let directory = FerryProcess.newDirectory()
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: snapshot.directory.appending(path: "data"), to: directory.appending(path: "data"))
        var address: String?
        if let template = snapshot.address { address = try await NewDatabase.address(copying: template) }
        let server = try MortalServer(snapshot.kind, in: directory, address: address, plan: plan)
        try await server.wait(session: snapshot.session)
        return server
    }

    private init(_ kind: StoreKind, in directory: URL, address: String?, plan: [String]) throws {
        self.kind = kind
        self.directory = directory
        self.address = address
        self.plan = plan
        log = directory.appending(path: "points")
        process = try Self.start(in: directory, address: address, log: log, end: plan.first)
        endsInOrder = plan.first?.hasPrefix(Self.stopMark) ?? false
        self.plan = Array(plan.dropFirst())
    }

    private static func start(in directory: URL, address: String?, log: URL, end: String?) throws -> FerryProcess {
        var environment = ["FERRY_KILL_LOG": log.path]
        if let address { environment["DATABASE_URL"] = address }
        if let end {
            let isStop = end.hasPrefix(stopMark)
            environment[isStop ? "FERRY_STOP_AT" : "FERRY_KILL_AT"] =
                isStop ? String(end.dropFirst(stopMark.count)) : end
        }
        return try FerryProcess(directory: directory, environment: environment)
    }

    /// Stops the server and returns its workspace.
    func snapshot() async throws -> Snapshot {
        _ = try await process.stop()
        return Snapshot(kind: kind, directory: directory, address: address, session: process.session)
    }

    /// The points that were reached, in order.
    func reachedPoints() throws -> [String] {
        guard FileManager.default.fileExists(atPath: log.path) else { return [] }
        return try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    // MARK: Calls

    /// Makes a call, which must succeed, and repeats it after each end of the process.
    ///
    /// - Parameter isDone: whether the status shows that the call whose connection broke has had its effect; then it is
    ///   not repeated.
    @discardableResult
    func call(
        _ method: String, _ name: String, _ body: String? = nil, mayFail: Bool = false,
        unless isDone: (JSONValue) -> Bool = { _ in false }
    ) async throws -> JSONValue {
        while true {
            do {
                let response = try await process.call(method, name, body)
                guard mayFail || response["success"] != .boolean(false) else {
                    throw FerryProcess.Failure.unexpected("\(name): \(response.serialized())")
                }
                return response
            } catch let error as URLError {
                try await restart(after: error)
                if isDone(try await call("GET", "import.status")) { return .null }
            }
        }
    }

    /// Polls the status until it satisfies a condition.
    @discardableResult
    func status(until isReached: (JSONValue) -> Bool) async throws -> JSONValue {
        try await poll("import.status", until: isReached)
    }

    /// Polls a call until its response satisfies a condition.
    @discardableResult
    func poll(_ name: String, until isReached: (JSONValue) -> Bool) async throws -> JSONValue {
        let deadline = ContinuousClock.now + .seconds(240)
        while true {
            let response = try await call("GET", name)
            if isReached(response) { return response }
            guard ContinuousClock.now < deadline else {
                throw FerryProcess.Failure.unexpected("\(name): \(response.serialized())")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until the process has a file of this directory open, or an import has left its state.
    func waitUntilOpen(_ part: String) async throws {
        let deadline = ContinuousClock.now + .seconds(240)
        // A process that has ended has no files.
        while try await call("GET", "import.status")["success"] == .boolean(true),
            (try? process.hasOpen(part)) != true
        {
            guard ContinuousClock.now < deadline else { throw FerryProcess.Failure.unexpected("no open \(part)") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until a process of this workspace has reached a point, or the import has ended.
    func waitUntilReached(_ point: String) async throws {
        let deadline = ContinuousClock.now + .seconds(240)
        while try await call("GET", "import.status")["state"] != .string("done"), try !reachedPoints().contains(point) {
            guard ContinuousClock.now < deadline else { throw FerryProcess.Failure.unexpected("\(point) not reached") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    // MARK: The end of processes

    /// Kills the process wherever it is.
    func kill() { process.signal(SIGKILL) }

    /// Stops the process as an administrator does, and starts another one.
    ///
    /// - Parameter plan: the points at which that one and those after it end.
    func restart(plan: [String]) async throws {
        _ = try await process.stop()
        try await start(plan: plan)
    }

    private func start(plan: [String]) async throws {
        let session = process.session
        process = try Self.start(in: directory, address: address, log: log, end: plan.first)
        endsInOrder = plan.first?.hasPrefix(Self.stopMark) ?? false
        self.plan = Array(plan.dropFirst())
        try await wait(session: session)
    }

    /// Starts the next process once the one whose connection broke has ended.
    private func restart(after error: URLError) async throws {
        let outcome: FerryProcess.Outcome
        do {
            outcome = try await process.waitForTheEnd(within: .seconds(60))
        } catch {
            throw FerryProcess.Failure.unexpected("A connection broke, and the process lives: \(error)")
        }
        guard outcome.status == SIGKILL || endsInOrder && outcome.status == 0 else {
            throw FerryProcess.Failure.unexpected("The process ended with \(outcome.status): \(outcome.errors)")
        }
        killCount += 1
        try await expireLeases()
        try await start(plan: plan)
    }

    /// Waits until the server is ready, also if the process ends before.
    private func wait(session: [String: String]) async throws {
        do {
            try await process.resume(session: session)
        } catch FerryProcess.Failure.didNotStart {
            try await restart(after: URLError(.cannotConnectToHost))
        }
    }

    /// Expires the leases of the process that ended: in a shared database they would last for another 12 s. A start with a
    /// database of its own releases them.
    private func expireLeases() async throws {
        guard let address else { return }
        let database = PostgreSQLDatabase(url: address, connections: 1)
        try await database.write { connection in
            for table in ["import_batches", "import_operations", "downloads"] {
                try connection.execute("UPDATE \(name: table) SET lease_expires_at = 0 WHERE lease_owner IS NOT NULL")
            }
        }
        try await database.close()
    }

    // MARK: State

    /// What the workspace holds, with names in place of the ids that Ferry chooses, and how much imports keep. The server
    /// has ended afterwards.
    func dump() async throws -> (workspace: LogicalDump, kept: [String]) {
        _ = try await process.stop(with: SIGKILL)
        let database: any SQLDatabase =
            if let address {
                PostgreSQLDatabase(url: address, connections: 1)
            } else {
                try SQLiteDatabase(path: process.databaseFile.path)
            }
        let kept = try await database.read { connection in
            try Self.keptTables.map { "\($0): \(try connection.integer(SQLQuery("SELECT count(*) FROM \(name: $0)")))" }
                + ["pending: \(try connection.integer("SELECT count(*) FROM import_batches WHERE accepted = 1"))"]
                + [
                    "failed: \(try connection.integer("SELECT count(*) FROM import_records WHERE failure_code IS NOT NULL"))"
                ]
        }
        let names = try await database.read { connection in
            func pairs(_ query: SQLQuery) throws -> [(String, String)] {
                try connection.rows(query) { ($0.text(0), $0.text(1)) }
            }
            let users = try pairs("SELECT id, username FROM users")
            let rooms = try pairs("SELECT id, COALESCE(name, kind) FROM rooms")
            let identified = try pairs("SELECT room_id, import_id FROM room_import_ids WHERE position = 0")
            let files = try pairs("SELECT id, name FROM uploads")
            let avatars = try pairs(
                "SELECT avatars.file_id, users.username FROM avatars JOIN users ON users.id = avatars.user_id")
            let operations = try pairs("SELECT id, COALESCE(file_id, id) FROM import_operations")
            return Dictionary(
                operations.flatMap { [($0, "<operation>"), ($1, "<file of an import>")] }
                    + users.map { ($0, "<user \($1)>") } + identified.map { ($0, "<room \($1)>") }
                    + rooms.map { ($0, "<room \($1)>") } + files.map { ($0, "<file \($1)>") }
                    + avatars.map { ($0, "<avatar of \($1)>") }
            ) { first, _ in first }
        }
        let dump = try await LogicalDump(
            of: database, files: directory.appending(path: "data/files"), ignoring: Self.chosenColumns)
        try await database.close()
        return (dump.renaming(names), kept)
    }

    /// What imports keep for their end, for retries and for an undo. What an interrupted request or file has staged is not
    /// visible, and housekeeping removes it.
    private static let keptTables = [
        "import_selection", "import_failed", "import_skipped", "import_confirmed",
        "import_described", "import_changes", "import_kept", "import_failure_counts", "import_retries",
    ]

    /// Columns that differ between two equal imports: times without a source, random values and consecutive numbers.
    private static let chosenColumns: [String: Set<String>] = [
        "users": ["password_hash", "created_at", "last_login_at"], "sessions": ["created_at", "expires_at"],
        "rooms": ["created_at"], "subscriptions": ["created_at"], "messages": ["sequence"],
        "touched_rooms": ["number", "operation_id"], "touched_threads": ["number", "operation_id"],
        "downloads": ["due_at"], "avatars": ["created_at"], "uploads": ["created_at"],
    ]

    /// The numbers of the current operation: outcomes of each type, failures by reason, findings by code.
    ///
    /// - Throws: `FerryProcess.Failure` if the numbers of any operation do not add up.
    func numbers() async throws -> [String] {
        let history = try await call("GET", "import.history?count=100")
        for operation in history["operations"]?.elements ?? [] {
            guard case .object(let types)? = operation["counts"] else { continue }
            for type in types {
                func count(_ name: String) -> Int { Int(type.value[name]?.serialized() ?? "") ?? -1_000_000 }
                let outcomes = ["created", "updated", "unchanged", "skipped", "failed", "pending"].map(count)
                guard count("total") == outcomes.reduce(0, +) else {
                    throw FerryProcess.Failure.unexpected("The counts do not add up: \(type.value.serialized())")
                }
            }
        }
        let report = try await call("GET", "import.report", mayFail: true)
        let findings = (report["findings"]?.elements ?? []).map { finding in
            ["severity", "code", "findings", "elements"].map { finding[$0]?.serialized() ?? "" }.joined(separator: " ")
        }
        return [report["operation"]?["counts"]?.serialized() ?? "", report["failures"]?.serialized() ?? ""] + findings
    }

    /// Ends the server and removes the workspace's directory.
    func remove() async throws {
        _ = try await process.stop(with: SIGKILL)
        try FileManager.default.removeItem(at: directory)
    }
}

extension JSONValue {
    /// The elements of an array; none for other values.
    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}
