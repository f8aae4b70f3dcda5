import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import Logging
import NIOCore
import NIOHTTP1
import OpenAPISchemas
import Synchronization
import Testing

@testable import ImportServer

@Suite("Given the failures that calls have in common")
struct SharedFailureTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// The failure of a head with these fields.
    private static func failure(ofHead fields: HTTPHeaders) throws -> APIFailure {
        try #require(throws: APIFailure.self) {
            try RequestHead(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: fields))
        }
    }

    /// Records an issue if the document does not describe a failure of an endpoint.
    private func expectDescription(of failure: APIFailure, by endpoint: Endpoint) throws {
        let path = endpoint.path.split(separator: "/").map { $0.hasPrefix("{") ? "x" : $0 }.joined(separator: "/")
        let headers = [(name: "Content-Type", value: "application/json")]
        try DocumentedExchange(
            method: endpoint.method.rawValue, path: "/" + path, status: failure.status.code,
            headers: headers + failure.headers.map { ($0.name.rawName, $0.value) },
            body: Array(failure.bytes.readableBytesView)
        ).expectDescription()
    }

    @Test func `when a request is cancelled, then the response says that the server is stopping, and the log too`() {
        let kept = KeptLines()

        let failure = ErrorMapping.failure(
            for: CancellationError(), logger: Logger(label: "test") { _ in KeptLines.Handler(kept: kept) })

        #expect(failure.status == .serviceUnavailable)
        #expect(failure.body.errorType == "error-server-stopping")
        #expect(failure.headers[.retryAfter] == "5")
        #expect(
            kept.lines.withLock { $0 } == [
                "info A request was cancelled because the server is stopping or its client has disconnected."
            ])
    }

    /// A broken download cannot change its status any more.
    @Test func `when a body breaks off, then the reason is in the log`() async throws {
        let kept = KeptLines()
        let body = ResponseBody(logger: Logger(label: "test") { _ in KeptLines.Handler(kept: kept) }) { _ in
            throw StoreError.corrupt(message: "damaged")
        }

        await #expect(throws: StoreError.self) { try await body.write(Nowhere()) }

        #expect(kept.lines.withLock { $0 } == ["error The store failed."])
    }

    private struct Nowhere: ResponseBodyWriter {
        mutating func write(_ buffer: ByteBuffer) async throws {}
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    @Test func `when the request or its connection is invalid, then every call describes it`() throws {
        let failures = [
            .malformedRequest("The body breaks off"), .requestTimeout, .headTooLarge, .unknownVersion,
            .tooManyConnections, .stopping, try Self.failure(ofHead: [:]),
            try Self.failure(ofHead: ["Host": "ferry.test", "Transfer-Encoding": "gzip"]),
            try Self.failure(ofHead: ["Host": "ferry.test", "Expect": "a miracle"]),
        ]

        for failure in failures {
            for endpoint in ServerRouter.endpoints { try expectDescription(of: failure, by: endpoint) }
        }
        #expect(Set(failures.map(\.status.code)) == [400, 408, 417, 431, 501, 503, 505])
    }

    @Test func `when a body is encoded, then every call with a body describes it`() throws {
        for endpoint in ServerRouter.endpoints where endpoint.method == .post {
            try expectDescription(of: .unknownContentEncoding, by: endpoint)
        }
    }

    @Test func `when the caller is rejected, then every call that checks the caller describes it`() throws {
        let tooMany = APIFailure.plain(
            "Error, too many requests. Please slow down. You must wait 50 seconds before trying this endpoint again. "
                + "[error-too-many-requests]", status: .tooManyRequests)

        for endpoint in ServerRouter.endpoints {
            switch endpoint.access {
            case .everybody, .everybodyByName: break
            case .signedIn, .signedInByCookie: try expectDescription(of: .notSignedIn, by: endpoint)
            case .holders:
                try expectDescription(of: .notSignedIn, by: endpoint)
                try expectDescription(of: .notAllowed, by: endpoint)
            }
            if case .unlimited = endpoint.budget { continue }
            try expectDescription(of: tooMany, by: endpoint)
        }
    }

    @Test func `when the store fails, then every call that reads or counts in it describes it`() throws {
        func failure(_ error: StoreError) -> APIFailure { ErrorMapping.failure(for: error, logger: Self.logger) }

        for endpoint in ServerRouter.endpoints {
            try expectDescription(of: failure(.corrupt(message: "a page")), by: endpoint)
            try expectDescription(of: failure(.unavailable(message: "no connection")), by: endpoint)
            try expectDescription(of: failure(.outcomeUnknown(message: "no connection")), by: endpoint)
            // Processes that share a workspace count calls in the store.
            if case .unlimited = endpoint.budget { continue }
            try expectDescription(of: failure(.full(message: "a disk")), by: endpoint)
        }
    }

    @Test(arguments: [APIFailure.notFound, .methodNotAllowed(allowed: "GET"), .unknownMethod])
    func `when no call is there, then the document's shared responses describe it`(failure: APIFailure) throws {
        let isUnknownPath = failure.status == .notFound
        let headers = [(name: "Content-Type", value: "application/json")]

        try DocumentedExchange(
            method: isUnknownPath ? "GET" : "BREW", path: isUnknownPath ? "/teapot" : "/health",
            status: failure.status.code,
            headers: headers + failure.headers.map { ($0.name.rawName, $0.value) },
            body: Array(failure.bytes.readableBytesView)
        ).expectDescription()
    }
}

/// Records log lines.
private final class KeptLines: Sendable {
    let lines = Mutex<[String]>([])

    struct Handler: LogHandler {
        let kept: KeptLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { kept.lines.withLock { $0.append("\(event.level) \(event.message)") } }
    }
}
