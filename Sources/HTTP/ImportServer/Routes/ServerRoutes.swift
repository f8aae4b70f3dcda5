import COpenAPI
import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import JSON
import WorkspaceServices

/// What the server says of itself.
enum ServerRoutes {
    /// The version of Rocket.Chat's protocol that clients may rely on.
    static let protocolVersion = "7.10"

    static let endpoints: [Endpoint] = [
        Endpoint(.get, "/api/info", access: .everybodyByName, budget: .unlimited, handler: info),
        Endpoint(.get, "/api/v1/info", access: .everybodyByName, budget: .unlimited, handler: info),
        Endpoint(.get, "/api/openapi.json", access: .everybody, budget: .unlimited) { call in
            document(
                UnsafeBufferPointer(start: ferry_openapi_document(), count: ferry_openapi_document_size()),
                of: call.services.site)
        },
        Endpoint(.get, "/api/openapi-3.0.json", access: .everybody, budget: .unlimited) { call in
            document(
                UnsafeBufferPointer(start: ferry_openapi_30_document(), count: ferry_openapi_30_document_size()),
                of: call.services.site)
        },
        Endpoint(.get, "/", access: .everybody, budget: .unlimited) { call in
            StartPage(version: call.services.site.version).response
        },
        Endpoint(.get, "/health", access: .everybody, budget: .unlimited) { _ in
            JSONAnswer.response(HealthAnswer(status: "ok"))
        },
        Endpoint(.get, "/ready", access: .everybody, budget: .unlimited) { call in
            guard let reason = await call.services.readiness() else {
                return JSONAnswer.response(HealthAnswer(status: "ok"))
            }
            return JSONAnswer.response(HealthAnswer(status: reason), status: .serviceUnavailable)
        },
        Endpoint(.get, "/metrics", access: .everybody, budget: .unlimited) { call in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(text: await call.services.metrics()))
        },
    ]

    /// The server that the documents name; the first address in them.
    private static let documentedServer = #""http://127.0.0.1:3000""#

    /// An OpenAPI document that names this server in place of the documented one.
    private static func document(_ bytes: UnsafeBufferPointer<UInt8>, of site: ServerServices.Site) -> Response {
        var buffer = ByteBuffer()
        if let server = bytes.firstRange(of: documentedServer.utf8) {
            buffer.writeBytes(bytes[..<server.lowerBound])
            buffer.writeString(JSONValue.string(site.rootURL).serialized())
            buffer.writeBytes(bytes[server.upperBound...])
        } else {
            buffer.writeBytes(bytes)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: buffer))
    }

    private static let info: @Sendable (Endpoint.Call) async throws -> Response = { call in
        let seesProduct = call.optionalCaller?.may(.viewStatistics) ?? false
        return JSONAnswer.response(
            InfoAnswer(
                version: protocolVersion,
                info: seesProduct ? .init(name: "Ferry", version: call.services.site.version) : nil))
    }
}
