import Hummingbird
import ImportAPI
import ImportDomain
import JSON
import WorkspaceServices

/// `login`, `logout` and `me`.
enum SessionRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(SessionCalls.login, access: .everybody, budget: .signIn) { call, _ in
            let signedIn = try await signIn(call)
            return Reply(
                LoginResponse(
                    data: .init(
                        userId: signedIn.user.id.rawValue, authToken: signedIn.token,
                        me: MeBody(signedIn.user, site: call.services.site))))
        },
        Endpoint(SessionCalls.logout, access: .signedIn, handler: logout),
        Endpoint(SessionCalls.logoutByGet, access: .signedIn, handler: logout),
        Endpoint(SessionCalls.me, access: .signedIn, budget: .imports) { call, _ in
            var body = MeBody(try call.caller.user, site: call.services.site)
            body.success = true
            return Reply(body)
        },
    ]

    private static let logout:
        @Sendable (Endpoint.Call, RequestInput<NoFields, NoFields>) async throws -> Reply<LogoutResponse> = {
            call, _ in
            try await call.services.signIn.signOut(call.caller)
            return Reply(LogoutResponse())
        }

    private static func signIn(_ call: Endpoint.Call) async throws -> SignInService.SignedIn {
        let credentials = try await Credentials(call.request)
        if let token = credentials.resumeToken { return try await call.services.signIn.resume(token: token) }
        guard let name = credentials.name, let password = credentials.password else {
            throw WorkspaceError.invalidCredentials
        }
        return try await call.services.signIn.signIn(name, password: password, from: call.context.address)
    }
}

/// The credentials of a sign-in, in any of Rocket.Chat's forms.
private struct Credentials {
    var name: SignInService.LoginName?
    var password: SignInService.PresentedPassword?
    var resumeToken: String?

    init(_ request: Request) async throws {
        let bytes = try await BodyFields.bytes(of: request)
        let isForm =
            request.headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
        if isForm {
            self.init(form: bytes)
        } else {
            // Unreadable JSON contains no credentials, and is rejected as such.
            self.init((try? JSONValue(parsing: bytes)) ?? .null)
        }
    }

    private init(form bytes: [UInt8]) {
        // An unreadable form contains no credentials, like unreadable JSON.
        let fields =
            (try? URLEncodedFormDecoder().decode([String: String].self, from: String(decoding: bytes, as: UTF8.self)))
            ?? [:]
        self.init(.object(fields.map { JSONMember(key: $0.key, value: .string($0.value)) }))
    }

    private init(_ body: JSONValue) {
        if case .string(let token)? = body["resume"] { resumeToken = token }
        switch body["user"] {
        case .string(let typed)?: name = .init(typed: typed)
        case .object?:
            if case .string(let username)? = body["user"]?["username"] { name = .username(username) }
            if case .string(let email)? = body["user"]?["email"] { name = .email(email) }
            if case .string(let id)? = body["user"]?["id"] { name = .id(id) }
        default: break
        }
        if case .string(let username)? = body["username"] { name = name ?? .username(username) }
        if case .string(let email)? = body["email"] { name = name ?? .email(email) }
        switch body["password"] {
        case .string(let plain)?: password = .plain(plain)
        case .object?:
            if case .string(let digest)? = body["password"]?["digest"] { password = .digest(digest) }
        default: break
        }
    }
}
