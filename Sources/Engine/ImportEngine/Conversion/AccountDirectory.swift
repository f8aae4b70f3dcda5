import ImportDomain

/// Who holds the usernames, addresses and import ids that matter to one batch: the accounts of the workspace, and
/// those that the batch itself is about to make.
struct AccountDirectory {
    /// Whether a record can become an account.
    enum Verdict {
        /// Nobody holds any of its keys.
        case free
        /// The account that it clashes with carries one of its import ids: it was imported before.
        case alreadyThere
        /// It describes an account that was there before this run, which gets its import ids.
        case sameAs(UserID)
        /// Somebody else holds one of its keys.
        case refused(RecordFailure)
    }

    private var holders: AccountHolders
    /// Accounts that this operation made, in this batch or in an earlier one.
    private var made: Set<UserID>
    /// Whether accounts that were there before the run are taken for the people of the source.
    private let matching: ImportStart.Matching
    /// Accounts whose address tells them apart from namesakes.
    private var addressed: Set<UserID> = []
    private var nextNumber: [String: Int] = [:]

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
            addressed = try transaction.users.addressed(among: Array(Set(holders.usernames.values)))
        }
    }

    /// What the rules say about a record; addresses are compared first, then the username, then import ids.
    func verdict(on candidate: UserCandidate) -> Verdict {
        let address = candidate.addresses.first { holders.addresses[$0.key] != nil }
        let addressHolder = address.flatMap { holders.addresses[$0.key] }
        let usernameHolder = candidate.usernameKey.flatMap { holders.usernames[$0] }
        let importHolders = candidate.importIDs.compactMap { holders.importIDs[$0] }

        if let holder = addressHolder ?? usernameHolder, importHolders.contains(holder) { return .alreadyThere }
        if matching == .bind, addressHolder == nil, usernameHolder == nil, let holder = importHolders.first,
            !made.contains(holder)
        {
            // Imported before, and renamed in the workspace since.
            return .alreadyThere
        }
        if matching == .bind, importHolders.isEmpty,
            let account = sameAccount(as: candidate, addressHolder, usernameHolder)
        {
            return .sameAs(account)
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
            return refusal(.userImportIDTaken, "The import id \(importID)", "importIds", holder)
        }
        return .free
    }

    /// The account of before this run that a record describes: by its address, or by its username where no addresses
    /// contradict.
    private func sameAccount(
        as candidate: UserCandidate, _ addressHolder: UserID?, _ usernameHolder: UserID?
    ) -> UserID? {
        if let addressHolder { return made.contains(addressHolder) ? nil : addressHolder }
        guard let usernameHolder, !made.contains(usernameHolder) else { return nil }
        return candidate.addresses.isEmpty || !addressed.contains(usernameHolder) ? usernameHolder : nil
    }

    /// The username as given, or the first suggestion that is free.
    mutating func username(
        for candidate: UserCandidate, prefix: String, in transaction: any StoreTransaction
    ) throws -> String {
        if let username = candidate.record.username { return username }
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
        let baseKey = CaseFolding.key(base)
        var number = try nextNumber[baseKey] ?? max(1, transaction.users.usernameCount(startingWith: baseKey + "-"))
        while true {
            let username = "\(base)-\(number)"
            let key = CaseFolding.key(username)
            number += 1
            if holders.usernames[key] == nil,
                try transaction.users.holders(of: AccountKeys(usernames: [key])).usernames.isEmpty
            {
                nextNumber[baseKey] = number
                return username
            }
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
