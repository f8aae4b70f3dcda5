import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ImportAPI
import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Logging
import NIOCore
import OpenAPISchemas
import Testing
import WorkspaceServices

@testable import ImportServer

/// A server in this process that handles whole requests; workspace and database are real.
///
/// Every response must match the OpenAPI document.
struct TestServer: Sendable {
    /// What came back.
    struct Answer {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]

        /// The body as text.
        var body: String { String(decoding: bytes, as: UTF8.self) }

        /// The body as JSON.
        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

        /// A header's value.
        func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    }

    /// The credentials of a call.
    struct Credentials: Sendable {
        var userID: String
        var token: String
    }

    let workspace: TestWorkspace
    /// Reports the progress of imports to clients.
    let progress: ProgressFeed
    private let client: any TestClientProtocol
    /// The first administrator.
    let administrator: Credentials

    static func with(
        _ kind: StoreKind = .current, proxies: Int = 0, previewPatience: Duration = .zero, listeners: Int = 512,
        progressTiming: ProgressFeed.Timing = ProgressFeed.Timing(),
        _ test: @Sendable @escaping (TestServer) async throws -> Void
    ) async throws {
        try await TestWorkspace.with(kind) { workspace in
            let services = ServerServices(
                engine: workspace.engine, signIn: workspace.signIn, accounts: workspace.accounts,
                roles: workspace.roles, settings: workspace.settings, environment: workspace.environment,
                site: .init(rootURL: "http://ferry.test", version: "1.2.3"), readiness: { nil },
                metrics: { "ferry_up 1\n" }, proxies: proxies, previewPatience: previewPatience,
                lookupPatience: .seconds(600), listeners: listeners, progressTiming: progressTiming)
            let application = Application(
                responder: ServerRouter(services: services).router().buildResponder(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await application.test(.router) { client in
                let signedIn = try await workspace.signIn.signIn(
                    .username("admin"), password: .plain(TestWorkspace.password), from: "local")
                try await test(
                    TestServer(
                        workspace: workspace, progress: services.progress, client: client,
                        administrator: Credentials(userID: signedIn.user.id.rawValue, token: signedIn.token)))
            }
        }
    }

    /// Makes a call, by default as the administrator.
    func call(
        _ method: HTTPRequest.Method, _ path: String, body: String? = nil, type: String = "application/json",
        headers: HTTPFields = [:], as credentials: Credentials?
    ) async throws -> Answer {
        try await call(
            method, path, bytes: body.map { Array($0.utf8) }, type: type, headers: headers, as: credentials)
    }

    /// Makes a call with a binary body.
    func call(
        _ method: HTTPRequest.Method, _ path: String, bytes: [UInt8]?, type: String, headers: HTTPFields = [:],
        as credentials: Credentials?
    ) async throws -> Answer {
        var headers = headers
        if bytes != nil { headers[.contentType] = type }
        if let credentials, let id = HTTPField.Name("x-user-id"), let token = HTTPField.Name("X-AUTH-TOKEN") {
            headers[id] = credentials.userID
            headers[token] = credentials.token
        }
        let uri = path.hasPrefix("/") ? path : "/api/v1/\(path)"
        return try await Self.call(method, uri, bytes: bytes, headers: headers, of: client)
    }

    /// Makes a call of any server in this process; the response must match the OpenAPI document.
    static func call(
        _ method: HTTPRequest.Method, _ uri: String, bytes: [UInt8]? = nil, headers: HTTPFields,
        of client: any TestClientProtocol
    ) async throws -> Answer {
        let answer = try await client.execute(
            uri: uri, method: method, headers: headers, body: bytes.map { ByteBuffer(bytes: $0) }
        ) { response in
            Answer(
                status: response.status.code, headers: response.headers, bytes: Array(response.body.readableBytesView))
        }
        // The files of the admin page are not calls of the API.
        guard !uri.hasPrefix("/admin/import") else { return answer }
        try DocumentedExchange(
            method: method.rawValue, path: uri, status: answer.status,
            headers: answer.headers.map { ($0.name.rawName, $0.value) }, body: answer.bytes
        ).expectDescription()
        try expectTyped(answer, to: method, path: uri)
        return answer
    }

    /// Records an issue if the contract's type of a JSON response loses a part of it.
    private static func expectTyped(_ answer: Answer, to method: HTTPRequest.Method, path: String) throws {
        guard answer.header("Content-Type") == "application/json", !answer.bytes.isEmpty else { return }
        let segments = path.prefix { $0 != "?" }.split(separator: "/")
        let endpoint = ServerRouter.endpoints.first {
            let template = $0.path.split(separator: "/")
            return $0.method == method && template.count == segments.count
                && zip(template, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
        func isSame<Body: Codable>(_ type: Body.Type) throws -> Bool {
            let data = WireJSON.data(try JSONDecoder().decode(type, from: Data(answer.bytes)))
            return try JSONValue(parsing: Array(data)).withoutNulls == JSONValue(parsing: answer.bytes).withoutNulls
        }
        let body: (any Codable.Type)? =
            answer.status == 200 || path == "/ready" ? endpoint?.types.response as? any Codable.Type : ErrorBody.self
        guard let body else { return }
        #expect(try isSame(body), "\(body) is not the same after decoding and encoding: \(answer.body.prefix(1_000))")
    }

    func get(_ path: String) async throws -> Answer { try await call(.get, path, as: administrator) }

    func post(_ path: String, _ body: String? = nil) async throws -> Answer {
        try await call(.post, path, body: body, as: administrator)
    }

    /// Signs somebody in.
    func signIn(_ username: String, password: String) async throws -> Credentials {
        let signedIn = try await workspace.signIn.signIn(.username(username), password: .plain(password), from: "local")
        return Credentials(userID: signedIn.user.id.rawValue, token: signedIn.token)
    }

    /// An account with the role `user` only.
    func plainUser() async throws -> Credentials {
        try await workspace.importing([StagedUser("plain", password: "plain password")])
        return try await signIn("plain", password: "plain password")
    }
}

extension JSONValue {
    /// The value without fields that are null: to Codable they are absent.
    fileprivate var withoutNulls: JSONValue {
        switch self {
        case .object(let members):
            .object(
                members.filter { $0.value != .null }.map { JSONMember(key: $0.key, value: $0.value.withoutNulls) })
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }

    /// The elements of a list; empty for any other value.
    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// A text; nil for any other value.
    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The fields of an object; empty for any other value.
    var members: [JSONMember] {
        if case .object(let members) = self { members } else { [] }
    }
}
