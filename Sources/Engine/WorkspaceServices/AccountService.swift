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

    /// A page of accounts, and how many there are in all.
    ///
    /// - Parameters:
    ///   - address: only the account with this e-mail address, letter case aside.
    ///   - bytes: about how many stored bytes the page may have.
    /// - Throws: `WorkspaceError.notAllowed` if the caller may not see addresses and names one; `StoreError`.
    public func accounts(
        withAddress address: String?, orderedBy order: UserOrder, offset: Int, limit: Int?, bytes: Int = .max,
        for caller: Caller
    ) async throws -> (users: [User], total: Int) {
        if address != nil { try caller.require(.viewFullOtherUserInfo) }
        return try await environment.store.read { transaction in
            if let address {
                guard let found = try transaction.users.find(.email(address)) else { return ([], 0) }
                return (offset == 0 ? [found] : [], 1)
            }
            return (
                try transaction.users.list(orderedBy: order, offset: offset, limit: limit, bytes: bytes),
                try transaction.users.count()
            )
        }
    }

    /// Makes an account.
    ///
    /// - Parameter values: name, e-mail address and username are needed, and a password unless a random one is set.
    /// - Throws: `WorkspaceError.invalidValue`, `.fieldUnavailable` or `.invalidRole`; `.notAllowed` when the caller
    ///   gives roles that it may not give; `StoreError`.
    public func create(_ values: AccountValues, by caller: Caller) async throws -> User {
        try values.requireValid()
        if let roles = values.roles { try caller.requireAssigning(roles, insteadOf: []) }
        let (now, hash) = (environment.clock.now(), try await hash(for: values) ?? environment.passwords.lockedHash())
        let id = environment.identifiers.userID(at: now)
        return try await environment.store.write { transaction in
            let empty = User(id: id, passwordHash: hash, createdAt: now)
            var user = empty
            user.take(values)
            // A guest with the default roles would be no guest.
            if !user.roles.contains(Role.guest) {
                user.roles = (user.roles + (try transaction.settings.defaultRoles())).distinct()
            }
            try user.requireConsistent(insteadOf: empty, in: transaction)
            try transaction.users.insert([user], by: nil)
            return user
        }
    }

    /// Changes an account; a new password, or deactivation, ends its sessions.
    ///
    /// Values that the account has already are neither validated nor written: an imported username or address may have
    /// a form that no new account gets.
    /// - Throws: as `create`, and `WorkspaceError.userNotFound`, `.lastAdministrator` or
    ///   `.lastPermissionHolder`.
    public func update(_ id: UserID, with values: AccountValues, by caller: Caller) async throws -> User {
        if values.password != nil || values.setsRandomPassword == true { try caller.require(.editOtherUserPassword) }
        if values.isActive != nil { try caller.require(.editOtherUserActiveStatus) }
        let (now, hash) = (environment.clock.now(), try await hash(for: values))
        return try await environment.store.write { transaction in
            guard let present = try transaction.users.find(id: id) else { throw WorkspaceError.userNotFound }
            let changes = values.changing(present)
            try changes.requireValid()
            if let roles = changes.roles { try caller.requireAssigning(roles, insteadOf: present.roles) }
            var user = present
            user.take(values)
            if let hash { user.passwordHash = hash }
            user.updatedAt = now
            try user.requireConsistent(insteadOf: present, in: transaction)
            try transaction.users.update(user)
            if user.hasLostRights(since: present) || values.setsRandomPassword == true {
                try transaction.requireAdministration()
            }
            if hash != nil || !user.isActive {
                let kept = user.isActive && user.id == caller.user.id ? caller.tokenHash : nil
                try transaction.sessions.deleteAll(of: id, except: kept)
            }
            return user
        }
    }

    private func hash(for values: AccountValues) async throws -> String? {
        if values.setsRandomPassword == true { return environment.passwords.lockedHash() }
        guard let password = values.password, !password.isEmpty else { return nil }
        return try await environment.passwords.hash(of: environment.passwords.digest(of: password))
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

extension User {
    /// Rejects new names and addresses that belong to others, and new roles that do not exist.
    ///
    /// - Throws: `WorkspaceError.fieldUnavailable` or `.invalidRole`.
    fileprivate func requireConsistent(insteadOf present: User, in transaction: any StoreTransaction) throws {
        let presentAddresses = Set(present.emails.map(\.address))
        let addresses = emails.map(\.address).filter { !presentAddresses.contains($0) }
        let newName = username == present.username ? nil : username
        // One look-up for all of them: each account that is found by itself is read with all its addresses.
        let holders = try transaction.users.holders(
            of: AccountKeys(
                usernames: newName.map { [CaseFolding.key($0)] } ?? [], addresses: addresses.map(CaseFolding.key)))
        if let newName, let holder = holders.usernames[CaseFolding.key(newName)], holder != id {
            throw WorkspaceError.fieldUnavailable(field: "username", value: newName)
        }
        for address in addresses {
            guard let holder = holders.addresses[CaseFolding.key(address)], holder != id else { continue }
            throw WorkspaceError.fieldUnavailable(field: "email", value: address)
        }
        let presentRoles = Set(present.roles)
        let known = try transaction.roles.roleIDs()
        if let unknown = roles.first(where: { !presentRoles.contains($0) && !known.contains($0) }) {
            throw WorkspaceError.invalidRole(unknown)
        }
    }
}

extension Caller {
    /// - Throws: `WorkspaceError.notAllowed`.
    fileprivate func requireAssigning(_ roles: [String], insteadOf present: [String]) throws(WorkspaceError) {
        let changed = Set(roles).symmetricDifference(present)
        guard !changed.isEmpty else { return }
        try require(.assignRoles)
        if changed.contains(Role.administrator) { try require(.assignAdminRole) }
    }
}
