import ImportDomain
import SQL

/// Who can administer the workspace after an undo: an active administrator has to be left, and an active account that can
/// change permissions.
///
/// Changes that are to be restored count as restored, and what the import created counts as gone, so the result is the
/// same before, during and after the undo.
final class RemainingRights {
    /// What decides about the rights of an account.
    struct Account {
        let roles: [String]
        let isActive: Bool
    }

    fileprivate struct Right {
        let roles: Set<String>
        let reason: KeptReason
    }

    private let undo: UndoSubject
    private let connection: any SQLConnection
    private let changes: WorkspaceChanges
    /// Whether the transaction writes what is decided.
    private let isWriting: Bool
    private var isLocked = false
    private var knownRights: [Right]?
    private var others: [KeptReason: Bool] = [:]
    private var own: [KeptReason: Bool] = [:]

    init(of undo: UndoSubject, connection: any SQLConnection, changes: WorkspaceChanges, isWriting: Bool) {
        self.undo = undo
        self.connection = connection
        self.changes = changes
        self.isWriting = isWriting
    }

    /// Why an account of the import cannot be removed; nil if nobody needs its rights.
    func reason(toKeep account: Account) throws -> KeptReason? {
        try rights { $0.isHeld(by: account) }.first { try !isHeldByOthers($0) }?.reason
    }

    /// Why an account from before the import keeps its rights; nil if it does not lose any that nobody else has.
    func reason(toKeep present: Account, insteadOf restored: Account) throws -> KeptReason? {
        // If nobody else has a right, the accounts of the import that have it stay.
        try rights { $0.isHeld(by: present) && !$0.isHeld(by: restored) }
            .first { try !isHeldByOthers($0) && !isHeldByOwn($0) }?.reason
    }

    /// The rights that a decision is about.
    private func rights(_ isConcerned: (Right) -> Bool) throws -> [Right] {
        let concerned = try rights().filter(isConcerned)
        guard isWriting, !isLocked, !concerned.isEmpty else { return concerned }
        // From here on no other transaction removes the rights of the others. What was read before is read again.
        try roles.lockRights()
        isLocked = true
        knownRights = nil
        return try rights().filter(isConcerned)
    }

    private var roles: RoleTables { RoleTables(connection: connection, changes: changes) }

    private func rights() throws -> [Right] {
        if let knownRights { return knownRights }
        let rights = [
            Right(roles: [Role.administrator], reason: .lastAdministrator),
            Right(roles: try roles.roles(holding: .accessPermissions), reason: .lastPermissionHolder),
        ]
        knownRights = rights
        return rights
    }

    private func isHeldByOthers(_ right: Right) throws -> Bool {
        if let known = others[right.reason] { return known }
        let isHeld = try right.roles.sorted().contains { role in
            try hasPresentHolder(of: role) || hasRestoredHolder(of: role)
        }
        others[right.reason] = isHeld
        return isHeld
    }

    private func isHeldByOwn(_ right: Right) throws -> Bool {
        if let known = own[right.reason] { return known }
        let isHeld = try right.roles.sorted().contains { role in
            try connection.exists(
                """
                SELECT 1 FROM users AS u WHERE u.import_number = \(undo.number.rawValue) AND \(Self.holds(role)) LIMIT 1
                """)
        }
        own[right.reason] = isHeld
        return isHeld
    }

    /// Whether an account that has the role now has it afterwards.
    private func hasPresentHolder(of role: String) throws -> Bool {
        try connection.exists(
            """
            SELECT 1 FROM users AS u \(restoredValues)
            WHERE \(Self.holds(role)) AND \(isRestoredHolder(of: role)) LIMIT 1
            """)
    }

    /// Whether an account whose roles or activation are restored has the role afterwards.
    private func hasRestoredHolder(of role: String) throws -> Bool {
        try connection.exists(
            """
            SELECT 1 FROM import_changes AS change JOIN users AS u ON u.id = change.subject_id \(restoredValues)
            WHERE change.import_number = \(undo.number.rawValue) AND change.subject_kind = 'user'
                AND change.field IN ('roles', 'active') AND \(isRestoredHolder(of: role)) LIMIT 1
            """)
    }

    private static func holds(_ role: String) -> SQLQuery {
        // The role that nearly always decides has an index.
        role == Role.administrator
            ? "u.administrator = 1 AND \(UserTables.canSignIn("u"))"
            : "lower(u.roles) LIKE \(pattern(role)) ESCAPE '\\' AND \(UserTables.canSignIn("u"))"
    }

    private static func pattern(_ role: String) -> String {
        LikePattern.containing(String(StoredRoles.text(of: [role]).dropFirst().dropLast()))
    }

    /// The changes of roles and activation that are restored.
    private var restoredValues: SQLQuery {
        let changes: SQLQuery = "LEFT JOIN import_changes AS"
        func ofUser(_ alias: SQLQuery) -> SQLQuery {
            "\(alias).import_number = \(undo.number.rawValue) AND \(alias).subject_kind = 'user' AND \(alias).subject_id = u.id"
        }
        return """
            \(changes) roles ON \(ofUser("roles")) AND roles.field = 'roles' AND roles.after_value = u.roles
            \(changes) activation ON \(ofUser("activation")) AND activation.field = 'active'
                AND activation.after_value = CAST(u.active AS TEXT)
            """
    }

    private func isRestoredHolder(of role: String) -> SQLQuery {
        """
        (u.import_number IS NULL OR u.import_number <> \(undo.number.rawValue)) AND \(UserTables.hasPassword("u"))
            AND coalesce(activation.before_value, CAST(u.active AS TEXT)) = '1'
            AND lower(coalesce(roles.before_value, u.roles)) LIKE \(Self.pattern(role)) ESCAPE '\\'
        """
    }
}

extension RemainingRights.Right {
    fileprivate func isHeld(by account: RemainingRights.Account) -> Bool {
        account.isActive && !roles.isDisjoint(with: account.roles)
    }
}
