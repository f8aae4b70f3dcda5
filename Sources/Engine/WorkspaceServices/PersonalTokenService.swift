public import ImportDomain

/// Personal access tokens: sessions that an account generates for its programs.
///
/// Each call needs `create-personal-access-tokens` and is about the caller's own tokens.
public struct PersonalTokenService: Sendable {
    private let environment: WorkspaceEnvironment

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// The caller's tokens, oldest first; the tokens themselves are known only to their holders.
    ///
    /// - Throws: `WorkspaceError.notAllowed`; `StoreError`.
    public func tokens(of caller: Caller) async throws -> [Session] {
        try caller.require(.createPersonalAccessTokens)
        return try await environment.store.read { try $0.sessions.personalTokens(of: caller.user.id) }
    }

    /// Generates a token.
    ///
    /// - Returns: the token, which cannot be read again.
    /// - Throws: `WorkspaceError.notAllowed`, `.invalidValue`, `.tokenExists`, `.tooManyTokens` or `.invalidCredentials`;
    ///   `StoreError`.
    public func generate(name: String, bypassesTwoFactor: Bool, for caller: Caller) async throws -> String {
        try caller.require(.createPersonalAccessTokens)
        guard !name.isEmpty, name.utf8.count <= PersonalToken.nameBytes,
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw WorkspaceError.invalidValue(
                field: "tokenName",
                reason: "The token's name must have 1 to \(PersonalToken.nameBytes) bytes and no control characters.")
        }
        return try await changing(caller) { transaction in
            let present = try transaction.sessions.personalTokens(of: caller.user.id)
            guard !present.contains(where: { $0.has(name) }) else { throw WorkspaceError.tokenExists }
            guard present.count < PersonalToken.perAccount else { throw WorkspaceError.tooManyTokens }
            return try insert(name: name, bypassesTwoFactor: bypassesTwoFactor, for: caller, in: transaction)
        }
    }

    /// Replaces a token by a new one of the same name; the old one is worth nothing then.
    ///
    /// - Returns: the token, which cannot be read again.
    /// - Throws: `WorkspaceError.notAllowed`, `.tokenNotFound` or `.invalidCredentials`; `StoreError`.
    public func regenerate(name: String, for caller: Caller) async throws -> String {
        try caller.require(.createPersonalAccessTokens)
        return try await changing(caller) { transaction in
            let present = try remove(name, of: caller, in: transaction)
            return try insert(
                name: name, bypassesTwoFactor: present.bypassesTwoFactor, for: caller, in: transaction)
        }
    }

    /// Removes a token.
    ///
    /// - Throws: `WorkspaceError.notAllowed`, `.tokenNotFound` or `.invalidCredentials`; `StoreError`.
    public func remove(name: String, for caller: Caller) async throws {
        try caller.require(.createPersonalAccessTokens)
        _ = try await changing(caller) { try remove(name, of: caller, in: $0) }
    }

    /// Writes while the account is locked, so that names stay unique, and a deactivation at the same time leaves no token.
    private func changing<Result: Sendable>(
        _ caller: Caller, _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await environment.store.write { transaction in
            guard try transaction.users.find(ids: [caller.user.id]).first?.isActive == true,
                try transaction.sessions.find(tokenHash: caller.tokenHash) != nil
            else { throw WorkspaceError.invalidCredentials }
            return try work(transaction)
        }
    }

    private func insert(
        name: String, bypassesTwoFactor: Bool, for caller: Caller, in transaction: any StoreTransaction
    ) throws -> String {
        let token = environment.identifiers.loginToken()
        try transaction.sessions.insert(
            Session(
                tokenHash: environment.passwords.tokenHash(of: token), userID: caller.user.id,
                createdAt: environment.clock.now(),
                personalToken: PersonalToken(
                    name: name, lastPart: String(token.suffix(6)), bypassesTwoFactor: bypassesTwoFactor)))
        return token
    }

    private func remove(
        _ name: String, of caller: Caller, in transaction: any StoreTransaction
    ) throws -> PersonalToken {
        let sessions = try transaction.sessions.personalTokens(of: caller.user.id)
        guard let session = sessions.first(where: { $0.has(name) }), let token = session.personalToken else {
            throw WorkspaceError.tokenNotFound
        }
        try transaction.sessions.delete(tokenHash: session.tokenHash)
        return token
    }
}

extension Session {
    /// Whether it is the personal access token of a name, byte for byte.
    fileprivate func has(_ name: String) -> Bool {
        personalToken.map { $0.name.utf8.elementsEqual(name.utf8) } ?? false
    }
}
