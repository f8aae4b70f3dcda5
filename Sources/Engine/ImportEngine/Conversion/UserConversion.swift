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
        let (decoded, waiting) = try await queue.run { [passwords, identifiers] in
            var decoded = DecodedUsers(in: context)
            var waiting: [WaitingUser] = []
            for record in records {
                let id = identifiers.userID(at: context.moment)
                guard selection.contains(ImportID(record.importID)) else {
                    decoded.skip(record, id: id)
                    continue
                }
                guard let (candidate, user) = decoded.decode(record, id: id) else { continue }
                // Rows are in the order of the candidates.
                if waiting.isEmpty, record.secret == nil {
                    decoded.addRows(of: candidate, user, passwordHash: passwords.lockedHash())
                } else {
                    waiting.append(WaitingUser(candidate: candidate, record: user, digest: record.secret))
                }
            }
            if waiting.isEmpty { decoded.finish() }
            return (decoded, waiting)
        }
        guard !waiting.isEmpty else { return decoded }
        let hashes = try await passwords.hashes(of: waiting.compactMap(\.digest))
        return try await queue.run { [passwords] in
            var (decoded, hashes) = (decoded, hashes[...])
            for user in waiting {
                let hash = user.digest.flatMap { _ in hashes.popFirst() } ?? passwords.lockedHash()
                decoded.addRows(of: user.candidate, user.record, passwordHash: hash)
            }
            decoded.finish()
            return decoded
        }
    }
}

/// A user whose rows are made once the passwords of its batch are hashed.
private struct WaitingUser: Sendable {
    let candidate: UserCandidate
    let record: UserRecord
    /// The digest of its password, if it has one.
    let digest: String?
}

/// Users whose documents are read, whose keys are folded and whose accounts are encoded as rows.
///
/// Rows are encoded one user at a time, right after it is decoded: then everything about it is in the processor's cache,
/// and most of it need not be kept.
private struct DecodedUsers: DecodedBatch {
    private let context: ConversionContext
    private(set) var candidates: [UserCandidate] = []
    /// Users that were not selected and are named by their usernames, which accounts of other people may have.
    private var skipped: [UserCandidate] = []
    /// Everything that may not be taken, in the order of the indexes: pages are visited once.
    private var keys = AccountKeys()
    /// Decisions that the records themselves make, whatever the workspace holds.
    private var decided: [RecordDecision] = []
    /// The rows of all candidates.
    private var rows: any UserRows

    init(in context: ConversionContext) {
        self.context = context
        rows = context.store.userRows(by: context.number)
    }

    /// Adds a user that was not selected. It is not validated; its first id is already known.
    mutating func skip(_ staged: StagedRecord, id: UserID) {
        let candidate = try? UserCandidate(
            UserCandidate.record(of: staged), sequence: staged.sequence, id: id, slugify: false)
        decided.append(
            RecordDecision(
                staged.sequence, importIDs: candidate?.importIDs ?? [ImportID(staged.importID)], .skip(.notSelected)))
        if let candidate, context.namesPeopleByUsername || candidate.importIDs.contains(where: candidate.isUsername) {
            skipped.append(candidate)
        }
    }

    /// Decodes a user.
    ///
    /// - Returns: the new candidate and its record; nil if the user fails.
    mutating func decode(_ staged: StagedRecord, id: UserID) -> (UserCandidate, UserRecord)? {
        do throws(RecordFailure) {
            let record = try UserCandidate.record(of: staged)
            let candidate = try UserCandidate(
                record, sequence: staged.sequence, id: id, slugify: context.settings.slugifyNames)
            candidates.append(candidate)
            return (candidate, record)
        } catch {
            decided.append(RecordDecision(staged.sequence, importIDs: [ImportID(staged.importID)], .fail(error)))
            return nil
        }
    }

    /// Encodes the account that a candidate becomes; called for all candidates in their order.
    mutating func addRows(of candidate: UserCandidate, _ record: UserRecord, passwordHash: String) {
        rows.append(
            candidate.account(
                of: record, passwordHash: passwordHash, secondFactor: context.settings.emailSecondFactor,
                at: context.moment))
    }

    /// Brings rows and keys into the order of the indexes.
    mutating func finish() {
        rows.finish()
        keys = AccountKeys(of: candidates + skipped)
    }

    func decide(by directory: WorkspaceDirectory) throws -> BatchDecisions {
        let number = context.number
        var accounts = try AccountDirectory(
            keys, of: [candidates, skipped], number: number, policy: context.policies.users, by: directory)
        let knownRoles = try directory.workspace.roles.roleIDs()

        var records = decided
        // Which candidates become accounts, and under which name if it is not the proposed one.
        var isMade = [Bool](repeating: false, count: candidates.count)
        var names: [Int: AccountName] = [:]
        var bindings: [(importID: ImportID, user: UserID)] = []
        var found: [UserID] = []
        var strangers: [ImportID] = []
        var organizations: [(importID: ImportID, organization: String)] = []
        var findings: [ImportFinding] = []
        records.reserveCapacity(decided.count + candidates.count)
        for (index, candidate) in candidates.enumerated() {
            let decision: Decision
            var subject: UserID?
            if let role = candidate.roles.first(where: { !knownRoles.contains($0) }) {
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
                    if candidate.roles.contains(Role.guest) {
                        findings.append(candidate.boundAsGuest(to: account))
                    }
                    (decision, subject) = (.bind, account)
                case .free, .freeUnderAnotherUsername:
                    let isTaken = if case .freeUnderAnotherUsername = verdict { true } else { false }
                    let username = try accounts.username(
                        for: candidate, isTaken: isTaken, prefix: context.settings.usernamePrefix)
                    accounts.add(username: username, of: candidate)
                    isMade[index] = true
                    if username != candidate.proposedUsername {
                        names[index] = candidate.accountName(under: username)
                    }
                    organizations += candidate.organizations(of: candidate.importIDs)
                    if isTaken { findings.append(candidate.renamed(to: username)) }
                    (decision, subject) = (.create, candidate.id)
                }
            }
            records.append(
                RecordDecision(
                    candidate.sequence, importIDs: candidate.importIDs, decision, subject: subject?.rawValue))
        }
        let isUnchanged = names.isEmpty && !isMade.contains(false)
        let rows = isUnchanged ? rows : rows.selecting({ isMade[$0] }, names: names)
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
        organization.map { organization in importIDs.map { ($0, organization) } } ?? []
    }

    private var shownID: String { String((importIDs.first?.rawValue ?? "").prefix(64)) }

    private var shownUsername: String { String((username ?? "").prefix(64)) }

    fileprivate func boundByUsername(to account: UserID) -> ImportFinding {
        ImportFinding(
            .warning, .userBoundByUsername, field: "username", value: username,
            message:
                "The user \(shownID) was bound to the existing account \(shownUsername) (\(account)) by username alone. "
                + "Check that both are the same person.")
    }

    fileprivate func boundAsGuest(to account: UserID) -> ImportFinding {
        ImportFinding(
            .warning, .userGuest, field: "roles", value: username,
            message:
                "The user \(shownID) is a guest in the source and was bound to the existing account \(account), whose "
                + "roles stay as they are. Change them if the account may read more than it should.")
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
