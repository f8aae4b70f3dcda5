import HTTPTypes
import Hummingbird
import Logging

/// Headers of every response: no caching unless its own headers allow it, and the request id, which log lines repeat.
struct ResponseHeaders: RouterMiddleware {
    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if response.headers[.cacheControl] == nil {
            response.headers[.cacheControl] = "no-store"
            response.headers[.pragma] = "no-cache"
        }
        if let id = context.logger[metadataKey: "hb.request.id"] { response.headers[.requestID] = "\(id)" }
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }
}
