import HTTPTypes
import Hummingbird
import ImportDomain
import WorkspaceServices

/// One call of the API: where it is, who may make it, and what it does.
struct Endpoint: Sendable {
    /// Who may make a call.
    enum Access: Sendable {
        /// Anybody; credentials are not looked at.
        case everybody
        /// Anybody; whoever is signed in is known.
        case everybodyByName
        /// Whoever is signed in.
        case signedIn
        /// Whoever is signed in, also by the cookies `rc_uid` and `rc_token`, which clients send for pictures in pages.
        case signedInByCookie
        /// Whoever holds any of these permissions.
        case holders([PermissionName])
    }

    /// A call as its handler sees it.
    struct Call: Sendable {
        let request: Request
        let context: ServerContext
        let services: ServerServices
        private let presentCaller: Caller?

        init(request: Request, context: ServerContext, services: ServerServices, caller: Caller?) {
            self.request = request
            self.context = context
            self.services = services
            presentCaller = caller
        }

        /// Who is signed in.
        ///
        /// - Throws: the refusal of callers who are not; never for endpoints that ask for a sign-in.
        var caller: Caller {
            get throws(APIFailure) {
                guard let presentCaller else { throw .notSignedIn }
                return presentCaller
            }
        }

        /// Who is signed in, if anybody, where it is not asked for.
        var optionalCaller: Caller? { presentCaller }
    }

    let method: HTTPRequest.Method
    let path: String
    let operationID: String
    let access: Access
    let budget: RateBudget
    let handler: @Sendable (Call) async throws -> Response

    /// An endpoint; its operation id follows from method and path, as upstream's does.
    init(
        _ method: HTTPRequest.Method, _ path: String, access: Access, budget: RateBudget = .standard,
        handler: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.budget = budget
        self.handler = handler
        let name = path.split(separator: "/").map { String($0.filter { $0 != "{" && $0 != "}" }) }
        operationID = ([method.rawValue.lowercased()] + name).joined(separator: "-")
    }
}
