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
    /// Users that are skipped and are named by their usernames, which accounts of other people may have.
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
        if let candidate { note(skipped: candidate) }
    }

    private mutating func note(skipped candidate: UserCandidate) {
        guard context.namesPeopleByUsername || candidate.importIDs.contains(where: candidate.isUsername) else { return }
        skipped.append(candidate)
    }

    /// Decodes a user.
    ///
    /// - Returns: the new candidate and its record; nil if the user fails or is skipped.
    mutating func decode(_ staged: StagedRecord, id: UserID) -> (UserCandidate, UserRecord)? {
        do throws(RecordFailure) {
            var record = try UserCandidate.record(of: staged)
            let isGuest = context.policies.guests != .guest && record.roles.contains(Role.guest)
            if isGuest, context.policies.guests == .user {
                record.roles.removeAll { $0 == Role.guest }
                if record.roles.isEmpty { record.roles = context.settings.defaultRoles }
            }
            let candidate = try UserCandidate(
                record, sequence: staged.sequence, id: id, slugify: context.settings.slugifyNames,
                updates: context.policies.users == .update, wasGuest: isGuest)
            if isGuest, context.policies.guests == .skip {
                decided.append(RecordDecision(staged.sequence, importIDs: candidate.importIDs, .skip(.guest)))
                note(skipped: candidate)
                return nil
            }
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
        var users = try UserDecisions(
            AccountDirectory(keys, of: [candidates, skipped], context: context, by: directory), of: candidates.count,
            context: context, by: directory)
        var records = decided
        records.reserveCapacity(decided.count + candidates.count)
        // In their order, so that the result does not depend on the size of batches.
        var waiting = skipped[...]
        for (index, candidate) in candidates.enumerated() {
            while let next = waiting.first, next.sequence < candidate.sequence {
                users.skip(next)
                waiting.removeFirst()
            }
            records.append(try users.decide(candidate, at: index))
        }
        for candidate in waiting { users.skip(candidate) }
        return users.decisions(records, rows: rows)
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
