import HTTPTypes
import Hummingbird
import ImportDomain
import Logging
import WorkspaceServices

/// Runs the checks that precede every handler: authentication, rate limit, permission.
///
/// Source: docs/api.md, "Order of checks".
struct EndpointResponder: HTTPResponder {
    let endpoint: Endpoint
    let services: ServerServices
    let rateLimiter: RateLimiter

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        let caller = try await authenticated(request, logger: context.logger)
        let limit = try await rateLimiter.admit(
            endpoint, from: context.address, caller: caller, settings: services.settings,
            at: services.environment.clock.now())
        do {
            try requirePermission(of: caller)
            var response = try await endpoint.handler(
                Endpoint.Call(
                    request: try accepting(request, context), context: context, services: services,
                    optionalCaller: caller))
            limit.map { $0.write(to: &response.headers) }
            return response
        } catch {
            var failure = ErrorMapping.failure(for: error, logger: context.logger)
            limit.map { $0.write(to: &failure.headers) }
            throw failure
        }
    }

    /// The request, whose body is requested from the client when it is read.
    ///
    /// - Throws: the error of a body that is compressed.
    private func accepting(_ request: Request, _ context: ServerContext) throws(APIFailure) -> Request {
        guard ![.get, .head].contains(request.method) else { return request }
        let encodings = request.headers[values: .contentEncoding]
        guard encodings.allSatisfy({ ["identity", ""].contains($0.lowercased()) }) else {
            throw .unknownContentEncoding
        }
        let isMultipart = request.headers[.contentType]?.lowercased().hasPrefix("multipart/") ?? false
        var request = request
        request.body = RequestBody(
            asyncSequence: AcceptedBody(body: request.body, channel: context.channel, skipsMark: !isMultipart))
        return request
    }

    private func authenticated(_ request: Request, logger: Logger) async throws -> Caller? {
        if case .everybody = endpoint.access { return nil }
        let isOptional = if case .everybodyByName = endpoint.access { true } else { false }
        if let (id, token) = credentials(of: request) {
            if isOptional { return await knownSoon(userID: id, token: token, logger: logger) }
            if let caller = try await services.signIn.authenticate(userID: id, token: token) { return caller }
        }
        guard isOptional else { throw APIFailure.notSignedIn }
        return nil
    }

    /// The caller of a public call; nil if the database does not return it soon.
    ///
    /// A working database responds within milliseconds; an unreachable one fails after seconds.
    private func knownSoon(userID: String, token: String, logger: Logger) async -> Caller? {
        let (callers, continuation) = AsyncStream<Caller?>.makeStream()
        let lookup = Task {
            do {
                continuation.yield(try await services.signIn.authenticate(userID: userID, token: token))
            } catch {
                logger.warning("The caller could not be authenticated.", metadata: ["error": "\(error)"])
                continuation.yield(nil)
            }
        }
        let timer = Task {
            try await Task.sleep(for: services.lookupPatience)
            continuation.yield(nil)
        }
        defer {
            lookup.cancel()
            timer.cancel()
        }
        for await caller in callers { return caller }
        return nil
    }

    private func credentials(of request: Request) -> (userID: String, token: String)? {
        if let id = request.headers[.userID], let token = request.headers[.authToken] { return (id, token) }
        // Only for calls that change nothing: other sites can make a browser send cookies.
        guard case .signedInByCookie = endpoint.access, let id = request.cookies["rc_uid"]?.value,
            let token = request.cookies["rc_token"]?.value
        else { return nil }
        return (id, token)
    }

    private func requirePermission(of caller: Caller?) throws {
        guard case .holders(let permissions) = endpoint.access else { return }
        guard let caller, permissions.contains(where: caller.may) else { throw WorkspaceError.notAllowed }
    }
}

extension HTTPField.Name {
    static let userID = makeName("X-User-Id")
    static let authToken = makeName("X-Auth-Token")
    static let rateLimit = makeName("X-RateLimit-Limit")
    static let rateLimitRemaining = makeName("X-RateLimit-Remaining")
    static let rateLimitReset = makeName("X-RateLimit-Reset")
    static let requestID = makeName("X-Request-Id")
    static let pragma = makeName("Pragma")

    static func makeName(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a header name") }
        return name
    }
}
