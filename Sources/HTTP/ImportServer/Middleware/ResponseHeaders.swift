import HTTPTypes
import Hummingbird
import Logging

/// Headers of every response: nothing is cached unless its own headers allow it, and each names its request, so that a log line
/// can be found for it.
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
