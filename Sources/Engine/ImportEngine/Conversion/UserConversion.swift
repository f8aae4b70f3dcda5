import ImportDomain

/// Staged users become accounts.
///
/// Source: docs/importers.md, "What becomes of a user".
struct UserConversion: RecordConversion {
    let passwords: any PasswordHasher
    let identifiers: any IdentifierSource
    let queue: PreparationQueue

    func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch {
        let records = try await context.store.read { try $0.staging.records(of: claim) }
        let selection = try await context.selection(of: .user, among: records.map { ImportID($0.importID) })
        var decoded = try await queue.run { [passwords, identifiers] in
            var decoded = DecodedUsers(context: context, identifiers: identifiers)
            decoded.candidates.reserveCapacity(records.count)
            for record in records {
                guard selection.contains(ImportID(record.importID)) else {
                    // Unselected records are not validated; their first id is already known.
                    let candidate = try? UserCandidate(record, slugify: false)
                    decoded.decided.append(
                        RecordDecision(
                            record.sequence, importIDs: candidate?.importIDs ?? [ImportID(record.importID)], .skip))
                    if let candidate,
                        context.namesPeopleByUsername || candidate.importIDs.contains(where: candidate.isUsername)
                    {
                        decoded.skipped.append(candidate)
                    }
                    continue
                }
                do {
                    var candidate = try UserCandidate(record, slugify: context.settings.slugifyNames)
                    if candidate.record.passwordDigest == nil { candidate.passwordHash = passwords.lockedHash() }
                    decoded.candidates.append(candidate)
                } catch let failure as RecordFailure {
                    decoded.decided.append(
                        RecordDecision(record.sequence, importIDs: [ImportID(record.importID)], .fail(failure)))
                }
            }
            decoded.keys = AccountKeys(of: decoded.candidates + decoded.skipped)
            return decoded
        }
        let withPassword = decoded.candidates.indices.filter { decoded.candidates[$0].record.passwordDigest != nil }
        if !withPassword.isEmpty {
            let hashes = try await passwords.hashes(
                of: withPassword.compactMap { decoded.candidates[$0].record.passwordDigest })
            for (index, hash) in zip(withPassword, hashes) { decoded.candidates[index].passwordHash = hash }
        }
        return decoded
    }
}

/// Users whose documents are read, whose passwords are hashed and whose keys are folded.
private struct DecodedUsers: DecodedBatch {
    let context: ConversionContext
    let identifiers: any IdentifierSource
    var candidates: [UserCandidate] = []
    /// Users that were not selected and are named by their usernames, which accounts of other people may have.
    var skipped: [UserCandidate] = []
    /// Everything that may not be taken, in the order of the indexes: pages are visited once.
    var keys = AccountKeys()
    /// Decisions that the records themselves make, whatever the workspace holds.
    var decided: [RecordDecision] = []

    func decide(by directory: WorkspaceDirectory) throws -> BatchDecisions {
        let number = context.number
        var accounts = try AccountDirectory(
            keys, of: [candidates, skipped], number: number, policy: context.policies.users, by: directory)
        let knownRoles = try directory.workspace.roles.roleIDs()

        var records = decided
        var users: [User] = []
        var bindings: [(importID: ImportID, user: UserID)] = []
        var found: [UserID] = []
        var strangers: [ImportID] = []
        var organizations: [(importID: ImportID, organization: String)] = []
        var findings: [ImportFinding] = []
        records.reserveCapacity(decided.count + candidates.count)
        users.reserveCapacity(candidates.count)
        for candidate in candidates {
            let decision: Decision
            var subject: UserID?
            if let role = candidate.record.roles.first(where: { !knownRoles.contains($0) }) {
                decision = .fail(.unknownRole(role))
            } else {
                let verdict = accounts.verdict(on: candidate)
                switch verdict {
                case .alreadyThere(let account):
                    if accounts.isUsernameAlone(candidate, account) {
                        findings.append(candidate.boundByUsername(to: account))
                    }
                    let (importIDs, isFound) = accounts.bind(account, to: candidate)
                    if isFound { found.append(account) }
                    bindings += importIDs.map { ($0, account) }
                    organizations += candidate.organizations(of: importIDs)
                    (decision, subject) = (importIDs.isEmpty ? .unchanged : .bind, account)
                case .refused(let failure):
                    strangers += accounts.strangers(of: candidate)
                    decision = .fail(failure)
                case .sameAs(let account, let isByUsername):
                    let (importIDs, isFound) = accounts.bind(account, to: candidate)
                    if isFound { found.append(account) }
                    bindings += importIDs.map { ($0, account) }
                    organizations += candidate.organizations(of: importIDs)
                    if isByUsername { findings.append(candidate.boundByUsername(to: account)) }
                    if candidate.record.roles.contains(Role.guest) {
                        findings.append(candidate.boundAsGuest(to: account))
                    }
                    (decision, subject) = (.bind, account)
                case .free, .freeUnderAnotherUsername:
                    let isTaken = if case .freeUnderAnotherUsername = verdict { true } else { false }
                    let id = identifiers.userID(at: directory.moment)
                    let username = try accounts.username(
                        for: candidate, isTaken: isTaken, prefix: context.settings.usernamePrefix)
                    accounts.add(id, username: username, of: candidate)
                    users.append(
                        candidate.account(
                            id: id, username: username, secondFactor: context.settings.emailSecondFactor,
                            at: directory.moment))
                    organizations += candidate.organizations(of: candidate.importIDs)
                    if isTaken { findings.append(candidate.renamed(to: username)) }
                    (decision, subject) = (.create, id)
                }
            }
            records.append(
                RecordDecision(
                    candidate.sequence, importIDs: candidate.importIDs, decision, subject: subject?.rawValue))
        }
        let rows = context.store.rows(of: users, by: number)
        strangers += skipped.flatMap(accounts.strangers(of:))
        let (newBindings, newlyFound, givenBy) = (bindings, found, organizations)
        return BatchDecisions(
            records: records, strangers: strangers, findings: findings,
            changes: EarlierDecisions(accounts: accounts.changes)
        ) { transaction in
            try transaction.users.insert(rows)
            if !newBindings.isEmpty { try transaction.users.bind(newBindings, by: number) }
            try transaction.users.setOrganizations(givenBy)
            if !newlyFound.isEmpty { try transaction.users.confirm(newlyFound, by: number) }
        }
    }
}

extension AccountKeys {
    fileprivate init(of candidates: [UserCandidate]) {
        self.init()
        for candidate in candidates {
            if let key = candidate.usernameKey { usernames.append(key) }
            usernames += candidate.suggestions.map(\.key)
            addresses += candidate.addresses.map(\.key)
            importIDs += candidate.importIDs
        }
        usernames.sort()
        addresses.sort()
        importIDs.sort { $0.rawValue < $1.rawValue }
    }
}

extension UserCandidate {
    fileprivate func organizations(of importIDs: [ImportID]) -> [(importID: ImportID, organization: String)] {
        record.organization.map { organization in importIDs.map { ($0, organization) } } ?? []
    }

    private var shownID: String { String((importIDs.first?.rawValue ?? "").prefix(64)) }

    private var shownUsername: String { String((record.username ?? "").prefix(64)) }

    fileprivate func boundByUsername(to account: UserID) -> ImportFinding {
        ImportFinding(
            .warning, .userBoundByUsername, field: "username", value: record.username,
            message:
                "The user \(shownID) was bound to the existing account \(shownUsername) (\(account)) by username alone. "
                + "Check that both are the same person.")
    }

    fileprivate func boundAsGuest(to account: UserID) -> ImportFinding {
        ImportFinding(
            .warning, .userGuest, field: "roles", value: record.username,
            message:
                "The user \(shownID) is a guest in the source and was bound to the existing account \(account), whose "
                + "roles stay as they are. Change them if the account may read more than it should.")
    }

    fileprivate func renamed(to username: String) -> ImportFinding {
        ImportFinding(
            .warning, .valueReplaced, field: "username", value: record.username,
            message:
                "The username \(shownUsername) belongs to another account, and a username alone does not prove that it "
                + "is of the same \(record.type == User.Kind.bot.rawValue ? "program" : "person"). The user "
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
