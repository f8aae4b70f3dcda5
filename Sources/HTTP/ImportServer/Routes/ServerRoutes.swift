import COpenAPI
import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import JSON
import WorkspaceServices

/// What the server reports about itself.
enum ServerRoutes {
    /// The version of Rocket.Chat's protocol that clients may rely on.
    static let protocolVersion = "7.10"

    static let endpoints: [Endpoint] = [
        Endpoint(ServerCalls.info, access: .everybodyByName, budget: .unlimited, handler: info),
        Endpoint(ServerCalls.infoByVersion, access: .everybodyByName, budget: .unlimited, handler: info),
        Endpoint(ServerCalls.document, access: .everybody, budget: .unlimited) { call, _ in
            document(
                UnsafeBufferPointer(start: ferry_openapi_document(), count: ferry_openapi_document_size()),
                of: call.services.site)
        },
        Endpoint(ServerCalls.document30, access: .everybody, budget: .unlimited) { call, _ in
            document(
                UnsafeBufferPointer(start: ferry_openapi_30_document(), count: ferry_openapi_30_document_size()),
                of: call.services.site)
        },
        Endpoint(ServerCalls.startPage, access: .everybody, budget: .unlimited) { _, _ in
            // Relative, so that it holds behind a proxy that adds a prefix.
            Reply(Response(status: .temporaryRedirect, headers: [.location: String(PageRoutes.path.dropFirst())]))
        },
        Endpoint(ServerCalls.health, access: .everybody, budget: .unlimited) { _, _ in
            Reply(HealthResponse(status: "ok"))
        },
        Endpoint(ServerCalls.readiness, access: .everybody, budget: .unlimited) { call, _ in
            guard let reason = await call.services.readiness() else {
                let operation = try await call.services.engine.operations.current()
                return Reply(HealthResponse(status: "ok", control: operation?.lifecycle.control.wireName))
            }
            return Reply(written: WireJSON.response(HealthResponse(status: reason), status: .serviceUnavailable))
        },
        Endpoint(ServerCalls.metrics, access: .everybody, budget: .unlimited) { call, _ in
            Reply(
                Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: .init(text: await call.services.metrics())))
        },
    ]

    /// The server URL in the documents.
    private static let documentedServer = #""http://127.0.0.1:3000""#

    /// An OpenAPI document that names this server in place of the documented one.
    private static func document(_ bytes: UnsafeBufferPointer<UInt8>, of site: ServerServices.Site) -> Reply<RawContent>
    {
        var buffer = ByteBuffer()
        if let server = bytes.firstRange(of: documentedServer.utf8) {
            buffer.writeBytes(bytes[..<server.lowerBound])
            buffer.writeString(JSONValue.string(site.rootURL).serialized())
            buffer.writeBytes(bytes[server.upperBound...])
        } else {
            buffer.writeBytes(bytes)
        }
        return Reply(
            Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: buffer)))
    }

    private static let info:
        @Sendable (Endpoint.Call, RequestInput<NoFields, NoFields>) async throws -> Reply<InfoResponse> = {
            call, _ in
            let seesProduct = call.optionalCaller?.may(.viewStatistics) ?? false
            return Reply(
                InfoResponse(
                    version: protocolVersion,
                    info: seesProduct ? .init(name: "Ferry", version: call.services.site.version) : nil))
        }
}
