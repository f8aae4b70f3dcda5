import COpenAPI
import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// What the server says of itself.
enum ServerRoutes {
    /// The version of Rocket.Chat's protocol that clients may rely on.
    static let protocolVersion = "7.10"

    static let endpoints: [Endpoint] = [
        Endpoint(.get, "/api/info", access: .everybodyByName, budget: .unlimited, handler: info),
        Endpoint(.get, "/api/v1/info", access: .everybodyByName, budget: .unlimited, handler: info),
        Endpoint(.get, "/api/openapi.json", access: .everybody, budget: .unlimited) { _ in
            document(UnsafeBufferPointer(start: ferry_openapi_document(), count: ferry_openapi_document_size()))
        },
        Endpoint(.get, "/api/openapi-3.0.json", access: .everybody, budget: .unlimited) { _ in
            document(UnsafeBufferPointer(start: ferry_openapi_30_document(), count: ferry_openapi_30_document_size()))
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

    private static func document(_ bytes: UnsafeBufferPointer<UInt8>) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static let info: @Sendable (Endpoint.Call) async throws -> Response = { call in
        let seesProduct = call.optionalCaller?.may(.viewStatistics) ?? false
        return JSONAnswer.response(
            InfoAnswer(
                version: protocolVersion,
                info: seesProduct ? .init(name: "Ferry", version: call.services.site.version) : nil))
    }
}
