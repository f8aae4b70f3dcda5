import AsyncHTTPClient
import Foundation
import ImportAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// How a client waits and draws random numbers; tests replace it.
struct Waiting: Sendable {
    /// Waits before another attempt or poll.
    var pause: @Sendable (Duration) async throws -> Void
    /// Waits while a server is silent.
    var silence: @Sendable (Duration) async throws -> Void
    /// A number from 0 to 1, for jitter.
    var random: @Sendable () -> Double = { .random(in: 0...1) }

    init(clock: any Clock<Duration>) {
        pause = { try await clock.sleep(for: $0) }
        silence = { try await clock.sleep(for: $0) }
    }
}

/// A request that can be sent, and sent again.
struct OutgoingRequest: Sendable {
    /// The body of a request.
    enum Content: Sendable {
        case none
        case json(ByteBuffer)
        /// A body that is made when it is sent; nil as length for an unknown one.
        case stream(type: String, length: Int64?, make: @Sendable (Activity) -> UploadContent)

        static func json(_ body: some Encodable) throws -> Content {
            .json(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
    }

    /// When a request may be sent again.
    enum Repetition {
        /// Never: its body can be read once only.
        case never
        /// If the server certainly has not processed it.
        case ifNotProcessed
        /// Always: sending it twice has the effect of sending it once.
        case always
    }

    let method: CallMethod
    /// Path and query.
    let target: String
    var content = Content.none
    var headers: [(name: String, value: String)] = []
    var repetition: Repetition

    /// The name of the call, for errors.
    var name: String {
        let path = target.prefix { $0 != "?" }
        return String(path.hasPrefix("/api/v1/") ? path.dropFirst("/api/v1/".count) : path)
    }

    init(_ method: CallMethod, _ target: String, repetition: Repetition? = nil) {
        self.method = method
        self.target = target
        self.repetition = repetition ?? (method == .get ? .always : .ifNotProcessed)
    }

    /// The request of a call.
    init<Query, Body, Response>(
        _ call: APICall<Query, Body, Response>, query: Query, body: Body? = nil, repetition: Repetition? = nil
    ) throws {
        self.init(call.method, try call.target(query: query), repetition: repetition)
        if let body { content = try .json(body) }
    }
}

/// The bytes that went in either direction, so that a silent server is noticed.
final class Activity: Sendable {
    private struct State {
        var bytes = 0
        var isPaused = false
    }

    private let state = Mutex(State())

    func advance(by bytes: Int) { state.withLock { $0.bytes += bytes } }

    /// Stops the watch while the caller is busy.
    func pause(_ isPaused: Bool) { state.withLock { $0.isPaused = isPaused } }

    /// Returns when fewer than `minimum` bytes went within `duration`.
    func silence(of duration: Duration, minimum: Int, waiting: Waiting) async throws {
        while true {
            let before = state.withLock { $0.bytes }
            try await waiting.silence(duration)
            if state.withLock({ !$0.isPaused && $0.bytes - before < minimum }) { return }
        }
    }
}

/// A response whose body has not been read.
struct IncomingResponse: Sendable {
    let call: String
    let status: Int
    let headers: HTTPHeaders
    fileprivate let body: HTTPClientResponse.Body
    fileprivate let activity: Activity

    /// Passes the body on, chunk by chunk. The next chunk is read when `receive` has returned.
    func forEachChunk(_ receive: (ByteBuffer) async throws -> Void) async throws {
        for try await chunk in body {
            activity.advance(by: chunk.readableBytes)
            activity.pause(true)
            defer { activity.pause(false) }
            try await receive(chunk)
        }
        // A cancelled sequence may end without an error.
        try Task.checkCancellation()
    }

    /// The whole body.
    ///
    /// - Throws: `TransportError` if it has more than `limit` bytes.
    func bytes(limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await forEachChunk { chunk in
            guard bytes.count + chunk.readableBytes <= limit else {
                throw TransportError(
                    call, .responseTooLarge(limit: limit), "The response has more than \(limit) bytes.", status: status)
            }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }
}

/// An error of the caller's own code; it is thrown unchanged.
struct CallerFailure: Error {
    let error: any Error
}

/// Sends requests, bounds what comes back, and tries again where that is safe.
///
/// Source: docs/decisions/0030-client.md.
struct Exchange: Sendable {
    /// What is known about a failed attempt.
    enum Verdict: Equatable {
        /// The server has not processed the request, and may if it is sent again.
        case notProcessed
        /// The server may have processed the request.
        case unknown
        /// Another attempt fails as well.
        case final
    }

    /// Connections of all clients of this process. Redirects are not followed, because they would take the token to
    /// another server; compressed responses are not requested, because they have no bound.
    private static let connections: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The address of the server, without a slash at the end.
    let server: String
    var session: Session?
    let configuration: ClientConfiguration
    let waiting: Waiting

    /// Makes a call and decodes its response.
    func response<Value: Decodable & Sendable>(
        to request: OutgoingRequest, as type: Value.Type = Value.self, silence: Duration? = nil
    ) async throws -> Value {
        try await perform(request, silence: silence) { try await decode(type, of: $0) }
    }

    /// Makes a call that returns nothing but success.
    func confirm(_ request: OutgoingRequest) async throws {
        let _: Confirmation = try await response(to: request)
    }

    /// Makes a call that returns bytes. It is not repeated once the first chunk came.
    func transfer(
        _ request: OutgoingRequest, write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        var request = request
        request.repetition = .ifNotProcessed
        try await perform(request) { response in
            try await response.forEachChunk { chunk in
                do {
                    try await write(Array(chunk.readableBytesView))
                } catch {
                    throw CallerFailure(error: error)
                }
            }
        }
    }

    /// Makes a call, again if that is safe, and reads its response.
    ///
    /// - Parameter silence: how long the server may be silent; by default as configured.
    func perform<Value: Sendable>(
        _ request: OutgoingRequest, silence: Duration? = nil,
        read: @escaping @Sendable (IncomingResponse) async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            do {
                return try await once(request, silence: silence ?? configuration.silence, read: read)
            } catch {
                let isAllowed =
                    switch (request.repetition, Self.verdict(on: error)) {
                    case (.never, _), (_, .final), (.ifNotProcessed, .unknown): false
                    case (.ifNotProcessed, .notProcessed), (.always, _): true
                    }
                guard isAllowed, let delay = delay(after: error, attempt: attempt) else { throw error }
                try await waiting.pause(delay)
                attempt += 1
            }
        }
    }

    /// Makes one attempt at a call.
    ///
    /// - Parameter minimum: how many bytes must go within `silence`.
    func once<Value: Sendable>(
        _ request: OutgoingRequest, silence: Duration, minimum: Int = 1 << 10,
        read: @escaping @Sendable (IncomingResponse) async throws -> Value
    ) async throws -> Value {
        let activity = Activity()
        do {
            return try await withThrowingTaskGroup(of: Value.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    let response = try await send(request, activity)
                    return try await read(try await requireSuccess(response))
                }
                group.addTask {
                    try await activity.silence(of: silence, minimum: minimum, waiting: waiting)
                    throw TransportError(
                        request.name, .silence(silence), "The server was silent for \(silence). Try again later.")
                }
                guard let value = try await group.next() else { throw CancellationError() }
                return value
            }
        } catch {
            try Task.checkCancellation()
            throw translated(error, of: request)
        }
    }

    /// The delay before the next attempt.
    ///
    /// - Returns: nil if there is none: enough attempts were made, or the server demands to wait for too long.
    func delay(after error: any Error, attempt: Int) -> Duration? {
        let retries = configuration.retries
        guard attempt < retries.attempts else { return nil }
        let demanded = demandedDelay(of: error)
        if let demanded, demanded > retries.longestDemandedDelay { return nil }
        let longest = min(retries.longestDelay, retries.firstDelay * (1 << min(attempt - 1, 20)))
        // At least half of the delay, so that a busy server gets a pause; never less than demanded.
        let own = longest * (0.5 + waiting.random() / 2)
        return demanded.map { $0 + min(own, .seconds(1)) } ?? own
    }

    /// The delay that the response of a failed attempt demands.
    func demandedDelay(of error: any Error) -> Duration? {
        (error as? ServerError)?.retryAfter ?? (error as? TransportError)?.retryAfter
    }

    /// Codes with which Ferry reports that it stored nothing and that the request may be sent again.
    private static let codesOfBusyServers: Set = [
        "error-storage-unavailable", "error-server-busy", "error-too-many-connections", "error-too-many-requests",
    ]

    static func verdict(on error: any Error) -> Verdict {
        switch error {
        case let error as ServerError:
            switch error.status {
            case 429: .notProcessed
            case 503 where codesOfBusyServers.contains(error.code ?? ""): .notProcessed
            case 408, 500, 502, 503, 504: .unknown
            default: .final
            }
        case let error as TransportError:
            switch (error.reason, error.status) {
            case (.cannotConnect, _), (.unexpectedResponse, 429): .notProcessed
            case (.connectionLost, _), (.silence, _): .unknown
            case (.unexpectedResponse, let status?) where (300..<500).contains(status) && status != 408: .final
            case (.unexpectedResponse, _): .unknown
            default: .final
            }
        default: .final
        }
    }

    private func send(_ request: OutgoingRequest, _ activity: Activity) async throws -> IncomingResponse {
        var outgoing = HTTPClientRequest(url: server + request.target)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        if let session {
            outgoing.headers.add(name: "X-User-Id", value: session.userID)
            outgoing.headers.add(name: "X-Auth-Token", value: session.token)
        }
        outgoing.headers.add(contentsOf: request.headers.map { ($0.name, $0.value) })
        switch request.content {
        case .none: break
        case .json(let bytes):
            outgoing.headers.add(name: "Content-Type", value: "application/json")
            outgoing.body = .bytes(bytes)
        case .stream(let type, let length, let make):
            outgoing.headers.add(name: "Content-Type", value: type)
            outgoing.body = .stream(make(activity), length: length.map { .known($0) } ?? .unknown)
        }
        let response = try await Self.connections.execute(outgoing, deadline: .distantFuture)
        activity.advance(by: 1 << 10)
        return IncomingResponse(
            call: request.name, status: Int(response.status.code), headers: response.headers, body: response.body,
            activity: activity)
    }

    /// - Throws: `ServerError` for an error of the API, else `TransportError`, unless the status is 2xx.
    private func requireSuccess(_ response: IncomingResponse) async throws -> IncomingResponse {
        guard !(200..<300).contains(response.status) else { return response }
        let delay = DemandedDelay.read(response.headers)
        var body: [UInt8] = []
        do {
            body = try await response.bytes(limit: ServerError.bodyLimit)
        } catch let error as TransportError {
            // The status says more than the size of a body that the client does not use.
            guard case .responseTooLarge = error.reason else { throw error }
        }
        if let error = ServerError(call: response.call, status: response.status, body: body, retryAfter: delay) {
            throw error
        }
        var detail = "The response has status \(response.status) and no error of the API."
        if (300..<400).contains(response.status) {
            detail = "The server redirects to another address. Use that one."
        }
        var error = TransportError(response.call, .unexpectedResponse, detail, status: response.status)
        error.retryAfter = delay
        throw error
    }

    /// Decodes a whole response.
    func decode<Value: Decodable>(_ type: Value.Type, of response: IncomingResponse) async throws -> Value {
        let bytes = try await response.bytes(limit: configuration.responseBytes)
        let decoder = JSONDecoder()
        if let key = CodingUserInfoKey.acceptsRocketChat { decoder.userInfo[key] = true }
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch {
            throw TransportError(
                response.call, .unexpectedResponse, "The response is not one of the API: \(Self.location(of: error)).",
                status: response.status)
        }
    }

    /// The location of a fault in a body; never its content.
    private static func location(of error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context):
            "\((path(context) + ".").drop { $0 == "." })\(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\(path(context)) has another type"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty: "\(path(context)) is invalid"
        default: "the JSON is malformed"
        }
    }

    /// An error of the network as one of the client.
    private func translated(_ error: any Error, of request: OutgoingRequest) -> any Error {
        var error = Self.transportError(error, of: request)
        if var transport = error as? TransportError {
            transport.isOutcomeUnknown = request.method == .post && Self.mayHaveArrived(transport)
            error = transport
        }
        return error
    }

    private static func mayHaveArrived(_ error: TransportError) -> Bool {
        if case .responseTooLarge = error.reason { return (error.status ?? 200) < 300 }
        return verdict(on: error) == .unknown
    }

    private static func transportError(_ error: any Error, of request: OutgoingRequest) -> any Error {
        switch error {
        case is ServerError, is TransportError: error
        case let failure as CallerFailure: failure.error
        case let error as HTTPClientError
        where [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .invalidURL].contains(error):
            TransportError(request.name, .cannotConnect, "There is no connection to the server: \(error).")
        case is NIOConnectionError, ChannelError.connectTimeout:
            TransportError(
                request.name, .cannotConnect, "There is no connection to the server. Check its address: \(error).")
        case let error as IOError where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
            TransportError(
                request.name, .cannotConnect, "There is no connection to the server. Check that it runs: \(error).")
        case HTTPParserError.invalidEOFState:
            TransportError(request.name, .connectionLost, "The connection ended before the response was complete.")
        case is HTTPParserError:
            TransportError(request.name, .unexpectedResponse, "The response is not HTTP: \(error).")
        default:
            TransportError(request.name, .connectionLost, "The connection was lost: \(error).")
        }
    }
}

/// `{"success": true}`. Rocket.Chat's documents also show the value as a string.
private struct Confirmation: Decodable, Sendable {
    private enum CodingKeys: CodingKey { case success }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // The other form is tried next.
        let flag = try? container.decode(Bool.self, forKey: .success)
        guard try flag ?? (container.decode(String.self, forKey: .success) == "true") else {
            throw DecodingError.dataCorruptedError(forKey: .success, in: container, debugDescription: "not true")
        }
    }
}
