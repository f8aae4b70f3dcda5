import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// How the server handles one call of the contract: which callers may make it, how often, and what it does.
struct Endpoint: Sendable {
    /// The callers that may make a call.
    enum Access: Sendable {
        /// Every caller; credentials are not read.
        case everybody
        /// Every caller; valid credentials identify the account.
        case everybodyByName
        /// Every account that is signed in.
        case signedIn
        /// As `signedIn`, also by the cookies `rc_uid` and `rc_token`, which clients send for images in pages.
        case signedInByCookie
        /// Every account that holds one of these permissions.
        case holders([PermissionName])

        /// Every account that may import.
        static let importers = holders([.runImport])
    }

    /// A call as its handler sees it.
    struct Call: Sendable {
        let request: Request
        let context: ServerContext
        let services: ServerServices
        /// The account that is signed in, for endpoints that do not require one.
        let optionalCaller: Caller?

        /// The account that is signed in.
        ///
        /// - Throws: the error of callers that are not; never for endpoints that require a sign-in.
        var caller: Caller {
            get throws(APIFailure) {
                guard let optionalCaller else { throw .notSignedIn }
                return optionalCaller
            }
        }
    }

    let method: HTTPRequest.Method
    let path: String
    let operationID: String
    let access: Access
    let budget: RateBudget
    /// The types of the call's parts.
    let types: (query: any (Codable & Sendable).Type, body: any (Codable & Sendable).Type, response: any Sendable.Type)
    let handler: @Sendable (Call) async throws -> Response

    /// An endpoint that decodes its input, calls one use case and encodes the result.
    init<Query, Body, Output>(
        _ call: APICall<Query, Body, Output>, access: Access, budget: RateBudget = .standard,
        handler: @escaping @Sendable (Call, RequestInput<Query, Body>) async throws -> Reply<Output>
    ) {
        method =
            switch call.method {
            case .get: .get
            case .post: .post
            }
        path = call.path
        operationID = call.operationID
        self.access = access
        self.budget = budget
        types = (Query.self, Body.self, Output.self)
        let (query, body) = (FieldShape(of: Query.self), FieldShape(of: Body.self))
        self.handler = {
            try await handler($0, RequestInput(request: $0.request, queryShape: query, bodyShape: body)).response
        }
    }
}
