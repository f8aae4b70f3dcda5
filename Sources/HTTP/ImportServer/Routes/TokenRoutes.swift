import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// The calls of personal access tokens.
enum TokenRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(TokenCalls.generate, access: .signedIn, budget: .signIn) { call, input in
            try await named("generateToken") {
                let body = try await input.body()
                guard !body.tokenName.isEmpty else { throw nameMissing }
                return Reply(
                    TokenResponse(
                        token: try await call.services.personalTokens.generate(
                            name: body.tokenName, bypassesTwoFactor: body.bypassTwoFactor ?? false, for: call.caller)))
            }
        },
        Endpoint(TokenCalls.regenerate, access: .signedIn, budget: .signIn) { call, input in
            try await named("regenerateToken") {
                let body = try await input.body()
                guard !body.tokenName.isEmpty else { throw nameMissing }
                return Reply(
                    TokenResponse(
                        token: try await call.services.personalTokens.regenerate(
                            name: body.tokenName, for: call.caller)))
            }
        },
        Endpoint(TokenCalls.list, access: .holders([.createPersonalAccessTokens])) { call, _ in
            let tokens = try await call.services.personalTokens.tokens(of: call.caller)
            return Reply(
                TokenListResponse(
                    tokens: tokens.compactMap { session in
                        session.personalToken.map {
                            .init(
                                name: $0.name, createdAt: session.createdAt.iso8601, lastTokenPart: $0.lastPart,
                                bypassTwoFactor: $0.bypassesTwoFactor)
                        }
                    }))
        },
        Endpoint(TokenCalls.remove, access: .signedIn, budget: .signIn) { call, input in
            try await named("removeToken") {
                let body = try await input.body()
                guard !body.tokenName.isEmpty else { throw nameMissing }
                try await call.services.personalTokens.remove(name: body.tokenName, for: call.caller)
                return Reply(SuccessResponse())
            }
        },
    ]

    private static let nameMissing = APIFailure.plain("The 'tokenName' param is required")

    /// Runs a call; its errors have the documented texts, with the name of the call.
    private static func named<Output>(_ method: String, _ work: () async throws -> Output) async throws -> Output {
        let details = "personalAccessTokens:\(method)"
        do {
            return try await work()
        } catch let failure as APIFailure
            where failure.body.error == "must have required property 'tokenName' [invalid-params]"
        {
            throw nameMissing
        } catch WorkspaceError.notAllowed {
            throw APIFailure.coded("Not Authorized", "not-authorized", details: details)
        } catch WorkspaceError.tokenExists {
            throw APIFailure.coded(
                "A token with this name already exists", "error-token-already-exists", details: details)
        } catch WorkspaceError.tokenNotFound {
            throw APIFailure.coded("Token does not exist", "error-token-does-not-exists", details: details)
        }
    }
}
