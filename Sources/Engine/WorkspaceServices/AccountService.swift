public import ImportDomain

/// Accounts as administrators and their owners see and change them.
public struct AccountService: Sendable {
    /// How an account is asked for.
    public enum Selector: Equatable, Sendable {
        /// By its id.
        case id(UserID)
        /// By its username, letter case respected.
        case username(String)
        /// By an id of the system that it came from.
        case importID(ImportID)
        /// By an e-mail address, letter case aside.
        case email(String)
    }

    let environment: WorkspaceEnvironment

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// The account that a caller asks for.
    ///
    /// Only holders of `view-full-other-user-info` find others by import id or e-mail address.
    /// - Throws: `WorkspaceError.userNotFound`; `StoreError`.
    public func account(_ selector: Selector, for caller: Caller) async throws -> User {
        let user = try await environment.store.read { try $0.users.find(selector) }
        guard let user else { throw WorkspaceError.userNotFound }
        switch selector {
        case .importID, .email:
            guard user.id == caller.user.id || caller.may(.viewFullOtherUserInfo) else {
                throw WorkspaceError.userNotFound
            }
        case .id, .username: break
        }
        return user
    }

    /// The account with this e-mail address, letter case aside; nil when there is none.
    public func account(withAddress address: String) async throws -> User? {
        try await environment.store.read { try $0.users.find(.email(address)) }
    }

    /// A page of accounts, and how many there are in all.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have.
    public func accounts(
        orderedBy order: UserOrder, offset: Int, limit: Int?, bytes: Int = .max
    ) async throws -> (users: [User], total: Int) {
        try await environment.store.read { transaction in
            (
                try transaction.users.list(orderedBy: order, offset: offset, limit: limit, bytes: bytes),
                try transaction.users.count()
            )
        }
    }

    /// Activates or deactivates an account; a deactivated account is signed out everywhere.
    ///
    /// - Throws: `WorkspaceError.userNotFound` `.lastAdministrator` or `.lastPermissionHolder`; `StoreError`.
    public func setActive(_ isActive: Bool, of id: UserID) async throws -> User {
        let now = environment.clock.now()
        return try await environment.store.write { transaction in
            guard var user = try transaction.users.find(id: id) else { throw WorkspaceError.userNotFound }
            let present = user
            user.isActive = isActive
            user.updatedAt = now
            try transaction.users.update(user)
            if user.hasLostRights(since: present) { try transaction.requireAdministration() }
            if !isActive { try transaction.sessions.deleteAll(of: id, except: nil) }
            return user
        }
    }

    /// Removes an account with its addresses, import ids and sessions.
    ///
    /// - Throws: `WorkspaceError.userNotFound` `.lastAdministrator` or `.lastPermissionHolder`; `StoreError`.
    public func delete(_ selector: Selector) async throws {
        try await environment.store.write { transaction in
            guard let user = try transaction.users.find(selector) else { throw WorkspaceError.userNotFound }
            try transaction.users.delete(user.id)
            if user.isActive { try transaction.requireAdministration() }
        }
    }
}

extension UserStore {
    func find(_ selector: AccountService.Selector) throws -> User? {
        switch selector {
        case .id(let id): try find(id: id)
        case .username(let username): try find(username: username)
        case .importID(let importID): try find(importID: importID)
        case .email(let address): try find(addressKey: CaseFolding.key(address))
        }
    }
}
