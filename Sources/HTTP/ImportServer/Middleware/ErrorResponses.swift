import Hummingbird

/// Turns every error into a response.
struct ErrorResponses: RouterMiddleware {
    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return ErrorMapping.failure(for: error, logger: context.logger).response
        }
    }
}
