import ImportDomain

/// Staged users become accounts.
///
/// Source: docs/importers.md, "What becomes of a user".
struct UserConversion: RecordConversion {
    let passwords: any PasswordHasher
    let identifiers: any IdentifierSource
    let queue: PreparationQueue

    func prepare(_ lease: Lease, in context: ConversionContext) async throws -> BatchWrite {
        let records = try await context.store.read { try $0.staging.records(of: lease) }
        let selection = try await context.selection(of: .user, among: records.map { ImportID($0.importID) })
        var prepared = try await queue.run { [passwords] in
            var prepared = PreparedUsers()
            prepared.candidates.reserveCapacity(records.count)
            for record in records {
                guard selection.contains(ImportID(record.importID)) else {
                    // Unselected records are not validated; their first id is already known.
                    let candidate = try? UserCandidate(record, slugify: false)
                    prepared.outcome.skipped.append(
                        SkippedRecord(record.sequence, importIDs: candidate?.importIDs ?? [ImportID(record.importID)]))
                    if let candidate, context.namesPeopleByUsername { prepared.skipped.append(candidate) }
                    continue
                }
                do {
                    var candidate = try UserCandidate(record, slugify: context.settings.slugifyNames)
                    if candidate.record.passwordDigest == nil { candidate.passwordHash = passwords.lockedHash() }
                    prepared.candidates.append(candidate)
                } catch let failure as RecordFailure {
                    prepared.outcome.faults.append(
                        RecordFault(record.sequence, failure, importIDs: [ImportID(record.importID)]))
                }
            }
            prepared.keys = AccountKeys(of: prepared.candidates + prepared.skipped)
            return prepared
        }
        let withPassword = prepared.candidates.indices.filter { prepared.candidates[$0].record.passwordDigest != nil }
        if !withPassword.isEmpty {
            let hashes = try await passwords.hashes(
                of: withPassword.compactMap { prepared.candidates[$0].record.passwordDigest })
            for (index, hash) in zip(withPassword, hashes) { prepared.candidates[index].passwordHash = hash }
        }
        let (identifiers, users) = (identifiers, prepared)
        return { transaction, moment in
            try users.write(in: context, identifiers: identifiers, at: moment, transaction)
        }
    }
}

/// Users that are ready to be written.
private struct PreparedUsers: Sendable {
    var candidates: [UserCandidate] = []
    /// Users that were not selected, where a username alone may name a person.
    var skipped: [UserCandidate] = []
    /// Everything that may not be taken, in the order of the indexes: pages are visited once.
    var keys = AccountKeys()
    /// What became of those that are not.
    var outcome = BatchOutcome()

    func write(
        in context: ConversionContext, identifiers: any IdentifierSource, at moment: Timestamp,
        _ transaction: any StoreTransaction
    ) throws -> BatchOutcome {
        var outcome = outcome
        let operation = context.operation.id
        var directory = try AccountDirectory(
            keys, operation: operation, matching: context.matching, in: transaction)
        let knownRoles = try transaction.roles.roleIDs()

        var users: [User] = []
        var bindings: [(importID: ImportID, user: UserID)] = []
        var findings: [ImportFinding] = []
        var confirmed: [UserID] = []
        users.reserveCapacity(candidates.count)
        for candidate in candidates {
            if let role = candidate.record.roles.first(where: { !knownRoles.contains($0) }) {
                outcome.faults.append(
                    RecordFault(candidate.sequence, .unknownRole(role), importIDs: candidate.importIDs))
                continue
            }
            let verdict = directory.verdict(on: candidate)
            switch verdict {
            case .alreadyThere(let account):
                if directory.confirm(account) { confirmed.append(account) }
                outcome.unchanged += 1
            case .refused(let failure):
                outcome.faults.append(RecordFault(candidate.sequence, failure, importIDs: candidate.importIDs))
            case .sameAs(let account, let isByUsername):
                directory.add(account, username: nil, of: candidate)
                bindings += candidate.importIDs.map { ($0, account) }
                outcome.updated += 1
                if isByUsername { findings.append(candidate.boundByUsername(to: account)) }
                if candidate.record.roles.contains(Role.guest) { findings.append(candidate.boundAsGuest(to: account)) }
            case .free, .freeUnderAnotherUsername:
                let isTaken = if case .freeUnderAnotherUsername = verdict { true } else { false }
                let id = identifiers.userID(at: moment)
                let username = try directory.username(
                    for: candidate, isTaken: isTaken, prefix: context.settings.usernamePrefix, in: transaction)
                directory.add(id, username: username, of: candidate)
                users.append(
                    candidate.account(
                        id: id, username: username, secondFactor: context.settings.emailSecondFactor, at: moment))
                if isTaken { findings.append(candidate.renamed(to: username)) }
            }
        }
        try transaction.users.insert(users, by: operation)
        if !bindings.isEmpty { try transaction.users.bind(bindings, by: operation) }
        if !confirmed.isEmpty { try transaction.users.confirm(confirmed, by: operation) }
        outcome.strangers = skipped.filter(directory.isStranger).flatMap(\.importIDs)
        if !findings.isEmpty {
            try transaction.findings.add(findings, to: operation, limitPerCode: ImportEngine.findingsPerCode)
        }
        outcome.created = users.count
        return outcome
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
                "The username \(shownUsername) belongs to an account with administrative rights. The user \(shownID) "
                + "was imported as \(username.prefix(64)).")
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
