import ImportDomain

/// The rules by which the records of one batch become accounts, and what is to be written.
///
/// Source: docs/importers.md, "What becomes of a user".
struct UserDecisions {
    private var accounts: AccountDirectory
    private let context: ConversionContext
    private let knownRoles: Set<String>
    private let moment: Timestamp
    /// Which candidates become accounts, and under which name if it is not the proposed one.
    private var isMade: [Bool]
    private var names: [Int: AccountName] = [:]
    private var bindings: [(importID: ImportID, user: UserID)] = []
    private var found: [UserID] = []
    private var updates: [AccountUpdate] = []
    private var strangers: [ImportID] = []
    private var organizations: [(importID: ImportID, organization: String)] = []
    private var findings: [ImportFinding] = []

    /// - Parameter count: the number of candidates.
    init(
        _ accounts: AccountDirectory, of count: Int, context: ConversionContext, by directory: WorkspaceDirectory
    ) throws {
        self.accounts = accounts
        isMade = [Bool](repeating: false, count: count)
        self.context = context
        knownRoles = try directory.workspace.roles.roleIDs()
        moment = directory.moment
    }

    /// What becomes of one record.
    ///
    /// - Parameter index: the index of its rows.
    mutating func decide(_ candidate: UserCandidate, at index: Int) throws -> RecordDecision {
        if let role = candidate.roles.first(where: { !knownRoles.contains($0) }) {
            return Self.decision(candidate, .fail(.unknownRole(role)))
        }
        let skips = context.policies.users == .skip
        let verdict = accounts.verdict(on: candidate)
        switch verdict {
        case .alreadyThere(let account), .sameAs(let account, _):
            var isByUsername = accounts.isUsernameAlone(candidate, account)
            if case .sameAs(_, let isNamed) = verdict { isByUsername = isNamed }
            if isByUsername { findings.append(candidate.boundByUsername(to: account, isSkipped: skips)) }
            return try skips && !accounts.isMade(account)
                ? skip(candidate, account)
                : take(candidate, for: account, isNew: { if case .sameAs = verdict { true } else { false } }())
        case .refused(let failure):
            guard skips, failure.code != .userDuplicateInBatch else {
                strangers += accounts.strangers(of: candidate)
                return Self.decision(candidate, .fail(failure))
            }
            return skip(candidate, nil)
        case .freeUnderAnotherUsername where skips && accounts.isNameOfPresentAccount(candidate):
            return skip(candidate, nil)
        case .free: return try make(candidate, at: index, isTaken: false)
        case .freeUnderAnotherUsername: return try make(candidate, at: index, isTaken: true)
        }
    }

    /// Notes a record that is skipped whatever the workspace holds.
    mutating func skip(_ candidate: UserCandidate) { strangers += accounts.strangers(of: candidate) }

    /// Skips a record whose keys an account holds.
    ///
    /// - Parameter account: the account that it describes; nil if that is not sure.
    private mutating func skip(_ candidate: UserCandidate, _ account: UserID?) -> RecordDecision {
        if let account {
            if accounts.bind(account, to: candidate).isFound { found.append(account) }
        } else {
            // Where the source names people by username, the ids must not mean the account of that username.
            strangers += accounts.strangers(of: candidate) + accounts.freeImportIDs(of: candidate)
        }
        return Self.decision(candidate, .skip(.accountExists), account)
    }

    /// Takes a record for an account, which gets its import ids and, by policy, its values.
    private mutating func take(
        _ candidate: UserCandidate, for account: UserID, isNew: Bool
    ) throws -> RecordDecision {
        let present = accounts.importIDs(of: account)
        let (importIDs, isFound) = accounts.bind(account, to: candidate)
        if isFound { found.append(account) }
        bindings += importIDs.map { ($0, account) }
        organizations += candidate.organizations(of: importIDs)
        let update = isFound ? try accounts.update(account, by: candidate) : nil
        if update == nil, isNew, candidate.roles.contains(Role.guest) {
            findings.append(candidate.boundAsGuest(to: account))
        }
        guard let update else {
            return Self.decision(
                candidate, isNew || !importIDs.isEmpty ? .bind : .unchanged, account,
                // What the operation creates is no change.
                importIDs.isEmpty || accounts.isMade(account) ? [] : [FieldChange(adding: importIDs, to: present)])
        }
        findings += update.findings
        let changes = update.changes(adding: importIDs)
        if update.after != update.before {
            updates.append(update)
            return Self.decision(candidate, .update, account, changes)
        }
        return Self.decision(candidate, importIDs.isEmpty ? .unchanged : .bind, account, changes)
    }

    private mutating func make(_ candidate: UserCandidate, at index: Int, isTaken: Bool) throws -> RecordDecision {
        let username = try accounts.username(
            for: candidate, isTaken: isTaken, prefix: context.settings.usernamePrefix)
        accounts.add(username: username, of: candidate)
        isMade[index] = true
        if username != candidate.proposedUsername { names[index] = candidate.accountName(under: username) }
        organizations += candidate.organizations(of: candidate.importIDs)
        if isTaken { findings.append(candidate.renamed(to: username)) }
        if candidate.wasGuest { findings.append(candidate.madeUser) }
        return Self.decision(candidate, .create, candidate.id)
    }

    private static func decision(
        _ candidate: UserCandidate, _ decision: Decision, _ subject: UserID? = nil, _ changes: [FieldChange] = []
    ) -> RecordDecision {
        RecordDecision(
            candidate.sequence, importIDs: candidate.importIDs, decision, subject: subject?.rawValue, changes: changes)
    }

    /// All decisions about a batch.
    ///
    /// - Parameter rows: the rows of all candidates.
    func decisions(_ records: [RecordDecision], rows: any UserRows) -> BatchDecisions {
        let isUnchanged = names.isEmpty && !isMade.contains(false)
        let rows = isUnchanged ? rows : rows.selecting({ isMade[$0] }, names: names)
        let (number, bindings, found, givenBy) = (context.number, bindings, found, organizations)
        let updates = updates.map { ($0.before, $0.after.changed(at: moment)) }
        return BatchDecisions(
            records: records, strangers: strangers, findings: findings,
            changes: EarlierDecisions(accounts: accounts.changes)
        ) { transaction in
            // A name or an address may become free for another account.
            try transaction.users.update(updates, by: number)
            try transaction.users.insert(rows)
            if !bindings.isEmpty { try transaction.users.bind(bindings, by: number) }
            try transaction.users.setOrganizations(givenBy)
            if !found.isEmpty { try transaction.users.confirm(found, by: number) }
        }
    }
}

extension User {
    fileprivate func changed(at moment: Timestamp) -> User {
        var user = self
        user.updatedAt = moment
        return user
    }
}

extension UserCandidate {
    fileprivate func organizations(of importIDs: [ImportID]) -> [(importID: ImportID, organization: String)] {
        organization.map { organization in importIDs.map { ($0, organization) } } ?? []
    }

    private var shownID: String { String((importIDs.first?.rawValue ?? "").prefix(64)) }

    private var shownUsername: String { String((username ?? "").prefix(64)) }

    fileprivate func boundByUsername(to account: UserID, isSkipped: Bool) -> ImportFinding {
        ImportFinding(
            .warning, .userBoundByUsername, field: "username", value: username,
            message:
                "The user \(shownID) was \(isSkipped ? "taken for" : "bound to") the existing account \(shownUsername) "
                + "(\(account)) by username alone. Check that both are the same person.")
    }

    fileprivate func boundAsGuest(to account: UserID) -> ImportFinding {
        ImportFinding(
            .warning, .userGuest, field: "roles", value: username,
            message:
                "The user \(shownID) is a guest in the source and was bound to the existing account \(account), whose "
                + "roles stay as they are. Change them if the account may read more than it should.")
    }

    /// A guest became a user by policy.
    fileprivate var madeUser: ImportFinding {
        ImportFinding(
            .warning, .userGuest, field: "roles", value: shownID,
            message:
                "The user \(shownID) is a guest in the source and was imported as a user, as the policy for guests says: "
                + "every public room is visible to it.")
    }

    fileprivate func renamed(to username: String) -> ImportFinding {
        ImportFinding(
            .warning, .valueReplaced, field: "username", value: self.username,
            message:
                "The username \(shownUsername) belongs to another account, and a username alone does not prove that it "
                + "is of the same \(isBot ? "program" : "person"). The user "
                + "\(shownID) was imported as \(username.prefix(64)).")
    }
}

extension RecordFailure {
    fileprivate static func unknownRole(_ role: String) -> RecordFailure {
        RecordFailure(
            code: .userInvalidRole,
            message: "The role \"\(role)\" no longer exists. Create it, or stage the user without it.",
            field: "roles")
    }
}
