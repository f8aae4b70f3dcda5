import HTTPTypes
package import Hummingbird
import ImportDomain

/// Builds the router from the list of endpoints, the one place that lists the calls of the server.
package struct ServerRouter: Sendable {
    static let endpoints = [
        SessionRoutes.endpoints, ImportRoutes.endpoints, RecordRoutes.endpoints, CheckRoutes.endpoints,
        RepairRoutes.endpoints,
        UndoRoutes.endpoints, ImportFileRoutes.endpoints, DownloadRoutes.endpoints, HistoryRoutes.endpoints,
        EventRoutes.endpoints, UserRoutes.endpoints, TokenRoutes.endpoints, RoleRoutes.endpoints, RoomRoutes.endpoints,
        RoomListRoutes.endpoints, MessageRoutes.endpoints, ChatRoutes.endpoints, SettingRoutes.endpoints,
        FileRoutes.endpoints, ServerRoutes.endpoints,
    ].flatMap { $0 }

    /// Every method that the parser knows, but for HEAD and OPTIONS.
    private static let methods =
        [.get, .post, .put, .patch, .delete, .trace, .connect]
        + [
            "ACL", "BIND", "CHECKOUT", "COPY", "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY", "MKCALENDAR",
            "MKCOL", "MOVE", "NOTIFY", "PROPFIND", "PROPPATCH", "PURGE", "REBIND", "REPORT", "SEARCH", "SOURCE",
            "SUBSCRIBE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
        ].compactMap { HTTPRequest.Method($0) }

    private let services: ServerServices
    private let rateLimiter: RateLimiter

    /// A router over the services.
    package init(services: ServerServices) {
        self.services = services
        rateLimiter = RateLimiter(store: services.environment.store)
    }

    /// The router, ready to serve.
    package func router() -> Router<ServerContext> {
        let router = Router(context: ServerContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: ForwardedAddress(proxies: services.proxies))
        router.add(middleware: RequestReport())
        router.add(middleware: ResponseHeaders())
        router.add(middleware: ErrorResponses())
        for endpoint in Self.endpoints {
            router.on(
                RouterPath(endpoint.path), method: endpoint.method,
                responder: EndpointResponder(endpoint: endpoint, services: services, rateLimiter: rateLimiter))
        }
        for (path, present) in Dictionary(grouping: Self.endpoints, by: \.path) {
            addMethodErrors(to: router, path: path, present: present.map(\.method))
        }
        for path in [PageRoutes.path, PageRoutes.path + "/**"] {
            router.get(RouterPath(path), use: PageRoutes.file)
            addMethodErrors(to: router, path: path, present: [.get])
        }
        return router
    }

    /// Rejects unsupported methods of a known path, and lists the supported ones.
    private func addMethodErrors(to router: Router<ServerContext>, path: String, present: [HTTPRequest.Method]) {
        let allowed = present.map(\.rawValue).sorted().joined(separator: ", ")
        router.on(RouterPath(path), method: .options) { _, _ in Response(status: .ok, body: .init(text: "OK")) }
        for method in Self.methods where !present.contains(method) {
            router.on(RouterPath(path), method: method) { _, _ -> Response in
                throw APIFailure.methodNotAllowed(allowed: allowed)
            }
        }
        if !present.contains(.get) {
            router.on(RouterPath(path), method: .head) { _, _ -> Response in
                throw APIFailure.methodNotAllowed(allowed: allowed)
            }
        }
    }
}
