import Hummingbird
import Logging
import Metrics

/// Logs and counts each request: method, path, status and time; never headers, queries or bodies, which hold secrets.
struct RequestReport: RouterMiddleware {
    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let duration = ContinuousClock.now - start
        let route = context.endpointPath ?? "unknown"
        Counter(
            label: "ferry_http_requests_total",
            dimensions: [
                ("method", request.method.rawValue), ("route", route), ("status", String(response.status.code)),
            ]
        ).increment()
        Timer(label: "ferry_http_request_seconds", dimensions: [("route", route)])
            .recordNanoseconds(Int64(duration / .nanoseconds(1)))
        context.logger.info(
            "Request handled.",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)", "milliseconds": "\(duration / .milliseconds(1))",
                "address": "\(context.address)",
            ])
        return response
    }
}
