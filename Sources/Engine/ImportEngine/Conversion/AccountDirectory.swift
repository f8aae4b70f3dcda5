import ImportDomain

/// Who holds the usernames, addresses and import ids that matter to one batch: the accounts of the workspace, and
/// those that the batch itself is about to make.
struct AccountDirectory {
    /// Whether a record can become an account.
    enum Verdict {
        /// Nobody holds any of its keys.
        case free
        /// The account that it clashes with carries one of its import ids: it was imported before.
        case alreadyThere(UserID)
        /// It describes an account that was there before this run, which gets its import ids.
        case sameAs(UserID, isByUsername: Bool)
        /// Nobody holds any of its keys but the username, whose holder has administrative rights and is therefore not
        /// taken for the person.
        case freeUnderAnotherUsername
        /// Somebody else holds one of its keys.
        case refused(RecordFailure)
    }

    private var holders: AccountHolders
    /// Accounts that this operation made, or found for a record that was imported before, in this batch or in an earlier
    /// one.
    private var made: Set<UserID>
    /// Whether accounts that were there before the run are taken for the people of the source.
    private let matching: ImportStart.Matching
    /// Accounts whose address tells them apart from namesakes.
    private var addressed: Set<UserID> = []
    /// Accounts with administrative rights among the holders of usernames.
    private var administrators: Set<UserID> = []
    private var numberedNames = NumberedNames()

    /// Looks every key of a batch up at once.
    init(
        _ keys: AccountKeys, operation: OperationID, matching: ImportStart.Matching,
        in transaction: any StoreTransaction
    ) throws {
        self.matching = matching
        holders = try transaction.users.holders(of: keys)
        let accounts = Set(holders.usernames.values).union(holders.addresses.values).union(holders.importIDs.values)
        made = accounts.isEmpty ? [] : try transaction.users.bound(by: operation, among: Array(accounts))
        if matching == .bind, !holders.usernames.isEmpty {
            let named = Array(Set(holders.usernames.values))
            addressed = try transaction.users.usersWithEmail(among: named)
            administrators = try transaction.users.users(
                holdingAnyOf: transaction.roles.administrativeRoles(), among: named)
        }
    }

    /// What the rules say about a record; addresses are compared first, then the username, then import ids.
    func verdict(on candidate: UserCandidate) -> Verdict {
        let address = candidate.addresses.first { holders.addresses[$0.key] != nil }
        let addressHolder = address.flatMap { holders.addresses[$0.key] }
        let usernameHolder = candidate.usernameKey.flatMap { holders.usernames[$0] }
        let importHolders = candidate.importIDs.compactMap { holders.importIDs[$0] }

        if let holder = addressHolder ?? usernameHolder, importHolders.contains(holder) {
            return .alreadyThere(holder)
        }
        let isAdministratorsName = usernameHolder.map { administrators.contains($0) && !made.contains($0) } ?? false
        if matching == .bind, addressHolder == nil, usernameHolder == nil || isAdministratorsName,
            let holder = importHolders.first, !made.contains(holder)
        {
            // Imported before, and renamed then or in the workspace since.
            return .alreadyThere(holder)
        }
        if matching == .bind, importHolders.isEmpty {
            // Nothing decides silently between two people.
            for address in candidate.addresses {
                guard let other = holders.addresses[address.key], other != addressHolder else { continue }
                return refusal(.userEmailTaken, "The e-mail address \(address.address)", "emails", other)
            }
            if let addressHolder, !made.contains(addressHolder) { return .sameAs(addressHolder, isByUsername: false) }
            if addressHolder == nil, isAdministratorsName { return .freeUnderAnotherUsername }
            if addressHolder == nil, let usernameHolder, !made.contains(usernameHolder),
                candidate.addresses.isEmpty || !addressed.contains(usernameHolder)
            {
                return .sameAs(usernameHolder, isByUsername: true)
            }
        }
        if let address, let holder = addressHolder {
            return refusal(.userEmailTaken, "The e-mail address \(address.address)", "emails", holder)
        }
        if let username = candidate.record.username, let holder = usernameHolder {
            return refusal(.userUsernameTaken, "The username \(username)", "username", holder)
        }
        if let importID = candidate.importIDs.first(where: { holders.importIDs[$0] != nil }),
            let holder = holders.importIDs[importID]
        {
            return refusal(.userImportIDTaken, "The import id \(importID.rawValue)", "importIds", holder)
        }
        return .free
    }

    /// Writes down that an account is the one of a record that was imported before.
    ///
    /// - Returns: whether it was not known yet that the account belongs to a record of this operation.
    mutating func confirm(_ account: UserID) -> Bool { matching == .bind && made.insert(account).inserted }

    /// Whether the account of a record's username is somebody else, because each has an address of their own.
    func isStranger(_ candidate: UserCandidate) -> Bool {
        guard !candidate.addresses.isEmpty, let holder = candidate.usernameKey.flatMap({ holders.usernames[$0] }),
            addressed.contains(holder)
        else { return false }
        return !candidate.addresses.contains { holders.addresses[$0.key] == holder }
    }

    /// The username as given, or the first suggestion that is free.
    ///
    /// - Parameter isTaken: whether somebody else has the given username; then it gets a number.
    mutating func username(
        for candidate: UserCandidate, isTaken: Bool, prefix: String, in transaction: any StoreTransaction
    ) throws -> String {
        if let username = candidate.record.username {
            return isTaken ? try numberedUsername(username, in: transaction) : username
        }
        if let free = candidate.suggestions.first(where: { holders.usernames[$0.key] == nil }) { return free.username }
        return try numberedUsername(candidate.suggestions.first?.username ?? prefix, in: transaction)
    }

    /// Writes down that an account was made of a record, or bound to it when there is no new username.
    mutating func add(_ id: UserID, username: String?, of candidate: UserCandidate) {
        if let username {
            holders.usernames[CaseFolding.key(username)] = id
            for address in candidate.addresses { holders.addresses[address.key] = id }
        }
        for importID in candidate.importIDs { holders.importIDs[importID] = id }
        made.insert(id)
    }

    /// `base-1`, `base-2`, …, from the number of names that already start so.
    private mutating func numberedUsername(_ base: String, in transaction: any StoreTransaction) throws -> String {
        let (users, taken) = (transaction.users, holders.usernames)
        return try numberedNames.next(base) { prefix in
            try users.usernameCount(startingWith: prefix)
        } isFree: { key in
            try taken[key] == nil && users.holders(of: AccountKeys(usernames: [key])).usernames.isEmpty
        }
    }

    private func refusal(_ code: RecordFailure.Code, _ what: String, _ field: String, _ holder: UserID) -> Verdict {
        let isOfThisRun = made.contains(holder)
        return .refused(
            RecordFailure(
                code: isOfThisRun ? .userDuplicateInBatch : code,
                message: isOfThisRun
                    ? "\(what) belongs to an earlier record of this import." : "\(what) belongs to another account.",
                field: field, clashesWith: holder.rawValue))
    }
}
