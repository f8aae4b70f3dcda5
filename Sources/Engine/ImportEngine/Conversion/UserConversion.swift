import ImportDomain

/// Staged users become accounts.
///
/// Source: docs/importers.md, "What becomes of a user".
struct UserConversion: RecordConversion {
    let passwords: any PasswordHasher
    let identifiers: any IdentifierSource
    let queue: PreparationQueue

    struct Prepared: Sendable {
        var candidates: [UserCandidate] = []
        var failures: [(sequence: RecordSequence, failure: RecordFailure)] = []
    }

    func prepare(_ records: [StagedRecord], settings: ConversionSettings) async throws -> Prepared {
        var prepared = try await queue.run { [passwords] in
            var prepared = Prepared()
            prepared.candidates.reserveCapacity(records.count)
            for record in records {
                do {
                    var candidate = try UserCandidate(record, slugify: settings.slugifyNames)
                    if candidate.record.passwordDigest == nil { candidate.passwordHash = passwords.lockedHash() }
                    prepared.candidates.append(candidate)
                } catch let failure as RecordFailure {
                    prepared.failures.append((record.sequence, failure))
                }
            }
            return prepared
        }
        let withPassword = prepared.candidates.indices.filter { prepared.candidates[$0].record.passwordDigest != nil }
        guard !withPassword.isEmpty else { return prepared }
        let hashes = try await passwords.hashes(
            of: withPassword.compactMap { prepared.candidates[$0].record.passwordDigest })
        for (index, hash) in zip(withPassword, hashes) { prepared.candidates[index].passwordHash = hash }
        return prepared
    }

    func write(
        _ prepared: Prepared, for operation: OperationID, settings: ConversionSettings, at moment: Timestamp,
        in transaction: any StoreTransaction
    ) throws -> BatchOutcome {
        var outcome = BatchOutcome(failures: prepared.failures)
        var directory = try AccountDirectory(prepared.candidates, operation: operation, in: transaction)
        let knownRoles = try transaction.roles.roleIDs()

        var users: [User] = []
        users.reserveCapacity(prepared.candidates.count)
        for candidate in prepared.candidates {
            if let role = candidate.record.roles.first(where: { !knownRoles.contains($0) }) {
                outcome.failures.append(
                    (
                        candidate.sequence,
                        RecordFailure(
                            code: .userInvalidRole,
                            message: "The role \"\(role)\" no longer exists. Create it, or stage the user without it.",
                            field: "roles")
                    ))
                continue
            }
            switch directory.verdict(on: candidate) {
            case .alreadyThere:
                outcome.unchanged += 1
            case .refused(let failure):
                outcome.failures.append((candidate.sequence, failure))
            case .free:
                let id = identifiers.userID(at: moment)
                let username = try directory.username(
                    for: candidate, prefix: settings.usernamePrefix, in: transaction)
                directory.add(id, username: username, of: candidate)
                users.append(
                    candidate.account(
                        id: id, username: username, secondFactor: settings.emailSecondFactor, at: moment))
            }
        }
        try transaction.users.insert(users, by: operation)
        outcome.created = users.count
        return outcome
    }
}
