import Foundation
import FoundationNetworking
import JSON
import OpenAPISchemas

/// A real `ferry serve` on a free loopback port, with its own workspace directory.
final class FerryProcess {
    /// The result of a run of the program.
    struct Outcome {
        let status: Int32
        let errors: String
    }

    let directory: URL
    private let process = Process()
    private let output: URL
    private let errorOutput: URL
    private(set) var baseURL = ""
    private var headers = ["Content-Type": "application/json"]

    /// A directory that does not exist yet.
    static func newDirectory() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "ferry-end-to-end-\(UUID().uuidString)")
    }

    /// The program that was built with the tests.
    static var program: URL {
        Bundle.main.bundleURL.appending(path: "ferry")
    }

    /// - Parameters:
    ///   - command: what to run instead of `ferry serve`.
    ///   - limits: flags of prlimit for the program.
    init(
        directory: URL, arguments: [String] = [], environment: [String: String] = [:], command: [String]? = nil,
        limits: [String] = []
    ) throws {
        self.directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        output = directory.appending(path: "output-\(UUID().uuidString)")
        errorOutput = directory.appending(path: "errors-\(UUID().uuidString)")
        for file in [output, errorOutput] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.executableURL = Self.program
        process.arguments =
            (command ?? ["serve", "--port", "0", "--data", directory.appending(path: "data").path]) + arguments
        if !limits.isEmpty {
            // prlimit becomes the program, with the same process id.
            process.executableURL = URL(filePath: "/usr/bin/prlimit")
            process.arguments = limits + [Self.program.path] + (process.arguments ?? [])
        }
        process.environment = ProcessInfo.processInfo.environment
            .merging(["ADMIN_PASS": "end to end", "FERRY_LOG_LEVEL": "warning"]) { $1 }.merging(environment) { $1 }
        let handles = try [FileHandle(forWritingTo: output), FileHandle(forWritingTo: errorOutput)]
        (process.standardOutput, process.standardError) = (handles[0], handles[1])
        try process.run()
        // The program has its own. `Process` is never freed, and crashes itself if a thousand descriptors are open.
        for handle in handles { try handle.close() }
    }

    deinit {
        // A failed test must not leave a server running.
        if process.end == nil { kill(process.processIdentifier, SIGKILL) }
    }

    /// Waits until the server is ready, and signs in.
    func start() async throws {
        try await waitForTheAddress()
        try await signIn(as: "admin", password: "end to end")
    }

    /// Makes the following calls as this account.
    func signIn(as username: String, password: String) async throws {
        let answer = try await call("POST", "login", #"{"user":"\#(username)","password":"\#(password)"}"#)
        guard case .string(let id)? = answer["data"]?["userId"], case .string(let token)? = answer["data"]?["authToken"]
        else { throw Failure.unexpected(answer.serialized()) }
        headers["X-User-Id"] = id
        headers["X-Auth-Token"] = token
    }

    /// The headers of the signed-in account's calls.
    var session: [String: String] { headers }

    /// Waits until the server is ready, and continues the session of another one.
    func resume(_ other: FerryProcess) async throws { try await resume(session: other.headers) }

    /// Waits until the server is ready, and continues a session.
    func resume(session: [String: String]) async throws {
        headers = session
        try await waitForTheAddress()
    }

    /// Waits until the server is ready, and returns its output so far.
    func greeting() async throws -> String {
        try await waitForTheAddress()
        // The URL is in one of the first lines, which are written at once.
        return try String(contentsOf: output, encoding: .utf8)
    }

    private func waitForTheAddress() async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        var text = ""
        while !text.contains("answers at ") {
            guard process.end == nil, ContinuousClock.now < deadline else { throw Failure.didNotStart(try errors()) }
            try await Task.sleep(for: .milliseconds(10))
            text = try String(contentsOf: output, encoding: .utf8)
        }
        baseURL = String(text.split(separator: "answers at ")[1].prefix { !$0.isWhitespace })
    }

    /// Its process id.
    var processIdentifier: Int32 { process.processIdentifier }

    /// A request of the signed-in account, for tests that send it themselves.
    func request(_ method: String, _ name: String, _ body: String? = nil) throws -> URLRequest {
        guard let url = URL(string: name.hasPrefix("/") ? baseURL + name : "\(baseURL)/api/v1/\(name)") else {
            throw Failure.unexpected(name)
        }
        var request = URLRequest(url: url, timeoutInterval: 300)
        request.httpMethod = method
        request.allHTTPHeaderFields = headers
        request.httpBody = body.map { Data($0.utf8) }
        return request
    }

    /// Makes a call and returns its body.
    @discardableResult
    func call(_ method: String, _ name: String, _ body: String? = nil) async throws -> JSONValue {
        try JSONValue(parsing: try await Self.body(of: try request(method, name, body)))
    }

    /// Sends a request and returns the body of the response, which must match the OpenAPI document.
    static func body(of request: URLRequest) async throws -> [UInt8] {
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let method = request.httpMethod, let response = response as? HTTPURLResponse, let url = response.url
        else { throw Failure.unexpected("\(response)") }
        let headers = response.allHeaderFields.map { (name: "\($0.key)", value: "\($0.value)") }
        try DocumentedExchange(
            method: method, path: url.path(percentEncoded: true), status: response.statusCode, headers: headers,
            body: Array(data)
        ).expectDescription()
        return Array(data)
    }

    /// The bytes at a path of the server.
    func bytes(_ path: String) async throws -> Data {
        guard let url = URL(string: baseURL + path) else { throw Failure.unexpected(path) }
        return Data(try await Self.body(of: URLRequest(url: url)))
    }

    /// Polls the status until it satisfies a condition.
    func status(until isReached: (JSONValue) throws -> Bool) async throws -> JSONValue {
        let deadline = ContinuousClock.now + .seconds(240)
        while true {
            let status = try await call("GET", "import.status")
            if try isReached(status) { return status }
            guard ContinuousClock.now < deadline else { throw Failure.unexpected(status.serialized()) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Sends a signal without waiting.
    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until the program's log satisfies a condition.
    func log(until isReached: (String) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(240)
        while try !isReached(errors()) {
            guard process.end == nil, ContinuousClock.now < deadline else { throw Failure.unexpected(try errors()) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Sends a signal and waits for the end.
    func stop(with signal: Int32 = SIGTERM) async throws -> Outcome {
        if process.end == nil { self.signal(signal) }
        return try await waitForTheEnd()
    }

    /// Waits until the program ends by itself.
    ///
    /// - Throws: `Process.StillRuns` if that takes longer than `limit`.
    func waitForTheEnd(within limit: Duration = .seconds(120)) async throws -> Outcome {
        Outcome(status: try await process.ended(within: limit), errors: try errors())
    }

    /// Removes everything that the server wrote.
    func remove() async throws {
        if process.end == nil { _ = try await stop(with: SIGKILL) }
        try FileManager.default.removeItem(at: directory)
    }

    private func errors() throws -> String { try String(contentsOf: errorOutput, encoding: .utf8) }

    enum Failure: Error {
        case didNotStart(String)
        case unexpected(String)
    }
}

extension JSONValue {
    /// The count of this name in a status.
    func count(_ name: String) -> Int {
        guard case .number(let number)? = self["operation"]?["count"]?[name] else { return 0 }
        return number.integer ?? 0
    }
}
