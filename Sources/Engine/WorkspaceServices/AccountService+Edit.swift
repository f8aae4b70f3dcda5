public import ImportDomain

/// What is to be written into an account; nil leaves a value as it is, or empty in a new account.
public struct AccountValues: Sendable {
    /// The full name.
    public var name: String?
    /// The one e-mail address.
    public var email: String?
    /// The username.
    public var username: String?
    /// The password in plain text.
    public var password: String?
    /// Whether the account gets a password that nobody knows, in place of `password`.
    public var setsRandomPassword: Bool?
    /// Whether the account may sign in.
    public var isActive: Bool?
    /// Role ids; the default roles are added to those of a new account.
    public var roles: [String]?
    /// The biography.
    public var bio: String?
    /// The nickname.
    public var nickname: String?
    /// The status text.
    public var statusText: String?
    /// Whether the password has to be changed at the next sign-in.
    public var requiresPasswordChange: Bool?
    /// Whether the address is known to be read by its owner.
    public var isVerified: Bool?
    /// Custom fields as the text of one JSON object.
    public var customFields: String?

    /// Nothing to write yet.
    public init() {}
}

extension AccountService {
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
                user.roles = (user.roles + (try transaction.settings.defaultRoles())).withoutRepetition
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
            if user.hasLostRights(since: present) { try transaction.requireAdministration() }
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
}

extension AccountValues {
    /// - Throws: `WorkspaceError.invalidValue`.
    fileprivate func requireValid() throws(WorkspaceError) {
        // The same limits as those of imported users.
        let record = UserRecord(
            importIDs: [], emails: email.map { [$0] } ?? [], username: username, name: name, nickname: nickname,
            statusText: statusText, roles: roles ?? [], bio: bio, customFields: customFields)
        if let violation = record.limitViolation {
            // An account is given one address, an imported user a list of them.
            guard violation.field == "emails" else {
                throw .invalidValue(field: violation.field, reason: violation.message)
            }
            throw .invalidValue(
                field: "email",
                reason: "The value of email has \(email?.utf8.count ?? 0) bytes; the limit is "
                    + "\(RecordLimits.addressBytes).")
        }
        if let username, !Self.isUsername(username) {
            throw .invalidValue(field: "username", reason: "\(username) is not a valid username")
        }
        if let username, ReservedUsernames.contains(username) {
            throw .invalidValue(
                field: "username", reason: "The username \(username) is reserved. Choose another one.")
        }
        if let name, CaseFolding.trim(name).isEmpty {
            throw .invalidValue(field: "name", reason: "The field name must not be empty")
        }
        if let name, name.contains(where: { $0 == "<" || $0 == ">" }) {
            throw .invalidValue(field: "name", reason: "Name contains invalid characters")
        }
        if let email {
            let parts = email.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !email.contains(where: \.isWhitespace) else {
                throw .invalidValue(field: "email", reason: "Invalid email \(email)")
            }
        }
    }

    /// Source: Rocket.Chat's default of `UTF8_User_Names_Validation`.
    private static func isUsername(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                    || "-_.".unicodeScalars.contains(scalar)
            }
    }
}

extension AccountValues {
    /// The values that the account does not have yet.
    fileprivate func changing(_ user: User) -> AccountValues {
        var changes = self
        if let username, let present = user.username, username.utf8.elementsEqual(present.utf8) {
            changes.username = nil
        }
        if let name, let present = user.name, name.utf8.elementsEqual(present.utf8) { changes.name = nil }
        // The first address is the one that a form shows; sent back unchanged, it does not replace the others.
        if let email, user.isFirstAddress(email) { changes.email = nil }
        if let roles, roles == user.roles { changes.roles = nil }
        if let bio, bio == user.bio { changes.bio = nil }
        if let nickname, nickname == user.nickname { changes.nickname = nil }
        if let statusText, statusText == user.statusText { changes.statusText = nil }
        return changes
    }
}

extension User {
    fileprivate func isFirstAddress(_ address: String) -> Bool {
        guard let first = emails.first?.address else { return false }
        return first.utf8.elementsEqual(CaseFolding.trim(address).utf8)
    }

    fileprivate mutating func take(_ values: AccountValues) {
        if let name = values.name { self.name = name }
        if let email = values.email, isFirstAddress(email) {
            if let isVerified = values.isVerified { emails[0].isVerified = isVerified }
        } else if let email = values.email.map(CaseFolding.trim) {
            let isKnown = emails.first { CaseFolding.key($0.address) == CaseFolding.key(email) }?.isVerified ?? false
            emails = [EmailAddress(email, isVerified: values.isVerified ?? isKnown)]
        } else if let isVerified = values.isVerified {
            for index in emails.indices { emails[index].isVerified = isVerified }
        }
        if let username = values.username { self.username = username }
        if let isActive = values.isActive { self.isActive = isActive }
        if let roles = values.roles { self.roles = roles.withoutRepetition }
        if let bio = values.bio { self.bio = bio }
        if let nickname = values.nickname { self.nickname = nickname }
        if let statusText = values.statusText { self.statusText = statusText }
        if let requiresPasswordChange = values.requiresPasswordChange {
            self.requiresPasswordChange = requiresPasswordChange
        }
        if let customFields = values.customFields { self.customFields = customFields }
    }

    /// Refuses new names and addresses that belong to others, and new roles that do not exist.
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

extension [String] {
    /// Each element once, where it stands first.
    fileprivate var withoutRepetition: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
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
