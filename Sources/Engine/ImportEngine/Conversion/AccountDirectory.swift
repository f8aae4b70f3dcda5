import ImportDomain

/// What a batch of users leaves to those after it before it is written.
struct AccountChanges: Sendable {
    /// Folded usernames, addresses and import ids of accounts that are made or take them over.
    fileprivate(set) var holders = AccountHolders()
    /// Accounts that are made, or taken for people of the source.
    fileprivate(set) var made: Set<UserID> = []
    /// Where numbers behind usernames go on.
    var numbers = NumberedNames()

    fileprivate mutating func add(_ id: UserID, username: String?, of candidate: UserCandidate) {
        if let username {
            holders.usernames[CaseFolding.key(username)] = id
            for address in candidate.addresses { holders.addresses[address.key] = id }
        }
        for importID in candidate.importIDs { holders.importIDs[importID] = id }
        made.insert(id)
    }
}

/// Who holds the usernames, addresses and import ids that matter to one batch: the accounts of the workspace, those
/// that earlier decisions make, and those that the batch itself is about to make.
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

    /// What this batch makes.
    private(set) var changes = AccountChanges()
    private let workspace: any StoreTransaction
    private let present: AccountHolders
    private let earlier: AccountChanges
    /// Accounts among the holders that this operation made, or found for a record that was imported before.
    private let bound: Set<UserID>
    private let policy: ImportPolicies.Users
    /// Accounts whose address tells them apart from namesakes.
    private let addressed: Set<UserID>
    /// Accounts with administrative rights among the holders of usernames.
    private let administrators: Set<UserID>

    /// Looks every key of a batch up at once.
    init(
        _ keys: AccountKeys, number: ImportNumber, policy: ImportPolicies.Users, by directory: WorkspaceDirectory
    ) throws {
        self.policy = policy
        workspace = directory.workspace
        earlier = directory.earlier.accounts
        changes.numbers = earlier.numbers
        present = try workspace.users.holders(of: keys)
        let accounts = Set(present.usernames.values).union(present.addresses.values).union(present.importIDs.values)
        bound = accounts.isEmpty ? [] : try workspace.users.bound(by: number, among: Array(accounts))
        if policy == .bind, !present.usernames.isEmpty {
            let named = Array(Set(present.usernames.values))
            addressed = try workspace.users.usersWithEmail(among: named)
            administrators = try workspace.users.users(
                holdingAnyOf: workspace.roles.administrativeRoles(), among: named)
        } else {
            (addressed, administrators) = ([], [])
        }
    }

    private func holder(ofUsername key: String) -> UserID? {
        changes.holders.usernames[key] ?? earlier.holders.usernames[key] ?? present.usernames[key]
    }

    private func holder(ofAddress key: String) -> UserID? {
        changes.holders.addresses[key] ?? earlier.holders.addresses[key] ?? present.addresses[key]
    }

    private func holder(of importID: ImportID) -> UserID? {
        changes.holders.importIDs[importID] ?? earlier.holders.importIDs[importID] ?? present.importIDs[importID]
    }

    /// Whether this operation made an account, or found it for a record that was imported before.
    private func isMade(_ account: UserID) -> Bool {
        changes.made.contains(account) || earlier.made.contains(account) || bound.contains(account)
    }

    /// What the rules say about a record; addresses are compared first, then the username, then import ids.
    func verdict(on candidate: UserCandidate) -> Verdict {
        let address = candidate.addresses.first { holder(ofAddress: $0.key) != nil }
        let addressHolder = address.flatMap { holder(ofAddress: $0.key) }
        let usernameHolder = candidate.usernameKey.flatMap(holder(ofUsername:))
        let importHolders = candidate.importIDs.compactMap(holder(of:))

        if let holder = addressHolder ?? usernameHolder, importHolders.contains(holder) {
            return .alreadyThere(holder)
        }
        let isAdministratorsName = usernameHolder.map { administrators.contains($0) && !isMade($0) } ?? false
        if policy == .bind, addressHolder == nil, usernameHolder == nil || isAdministratorsName,
            let holder = importHolders.first, !isMade(holder)
        {
            // Imported before, and renamed then or in the workspace since.
            return .alreadyThere(holder)
        }
        if policy == .bind, importHolders.isEmpty {
            // Nothing decides silently between two people.
            for address in candidate.addresses {
                guard let other = holder(ofAddress: address.key), other != addressHolder else { continue }
                return refusal(.userEmailTaken, "The e-mail address \(address.address)", "emails", other)
            }
            if let addressHolder, !isMade(addressHolder) { return .sameAs(addressHolder, isByUsername: false) }
            if addressHolder == nil, isAdministratorsName { return .freeUnderAnotherUsername }
            if addressHolder == nil, let usernameHolder, !isMade(usernameHolder),
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
        if let importID = candidate.importIDs.first(where: { holder(of: $0) != nil }),
            let holder = holder(of: importID)
        {
            return refusal(.userImportIDTaken, "The import id \(importID.rawValue)", "importIds", holder)
        }
        return .free
    }

    /// Notes that an account is the one of a record that was imported before.
    ///
    /// - Returns: whether it was not known yet that the account belongs to a record of this operation.
    mutating func confirm(_ account: UserID) -> Bool {
        guard policy == .bind, !isMade(account) else { return false }
        changes.made.insert(account)
        return true
    }

    /// Whether the account of a record's username is somebody else, because each has an address of their own.
    func isStranger(_ candidate: UserCandidate) -> Bool {
        guard !candidate.addresses.isEmpty, let holder = candidate.usernameKey.flatMap(holder(ofUsername:)),
            addressed.contains(holder)
        else { return false }
        return !candidate.addresses.contains { self.holder(ofAddress: $0.key) == holder }
    }

    /// The username as given, or the first suggestion that is free.
    ///
    /// - Parameter isTaken: whether somebody else has the given username; then it gets a number.
    mutating func username(for candidate: UserCandidate, isTaken: Bool, prefix: String) throws -> String {
        if let username = candidate.record.username { return isTaken ? try numberedUsername(username) : username }
        if let free = candidate.suggestions.first(where: { holder(ofUsername: $0.key) == nil }) {
            return free.username
        }
        return try numberedUsername(candidate.suggestions.first?.username ?? prefix)
    }

    /// Notes that an account is made of a record, or bound to it when there is no new username.
    mutating func add(_ id: UserID, username: String?, of candidate: UserCandidate) {
        changes.add(id, username: username, of: candidate)
    }

    /// `base-1`, `base-2`, …, from the number of names that already start so.
    private mutating func numberedUsername(_ base: String) throws -> String {
        // Counting goes on where it is, whatever the names are asked for meanwhile.
        var numbers = changes.numbers
        defer { changes.numbers = numbers }
        return try numbers.next(base) { prefix in
            try workspace.users.usernameCount(startingWith: prefix)
        } isFree: { key in
            try holder(ofUsername: key) == nil
                && workspace.users.holders(of: AccountKeys(usernames: [key])).usernames.isEmpty
        }
    }

    private func refusal(_ code: RecordFailure.Code, _ what: String, _ field: String, _ holder: UserID) -> Verdict {
        let isOfThisRun = isMade(holder)
        return .refused(
            RecordFailure(
                code: isOfThisRun ? .userDuplicateInBatch : code,
                message: isOfThisRun
                    ? "\(what) belongs to an earlier record of this import." : "\(what) belongs to another account.",
                field: field, clashesWith: holder.rawValue))
    }
}
