import ImportDomain

/// What a batch of users leaves to those after it before it is written.
struct AccountChanges: Sendable {
    /// Folded usernames, addresses and import ids of accounts that are made or take them over.
    fileprivate(set) var holders = AccountHolders()
    /// Accounts that are made.
    fileprivate(set) var made: Set<UserID> = []
    /// Accounts that were there, and are taken for people of the source.
    fileprivate(set) var found: Set<UserID> = []
    /// Accounts that are made with an e-mail address, or get one.
    fileprivate(set) var addressed: Set<UserID> = []
    /// Accounts that lose administrative rights.
    fileprivate(set) var demoted: Set<UserID> = []
    /// Import ids that accounts from before the operation get, in order.
    fileprivate(set) var added: [UserID: [ImportID]] = [:]
    /// Folded usernames that accounts give up.
    private var freedUsernames: Set<String> = []
    /// Folded addresses that accounts give up.
    private var freedAddresses: Set<String> = []
    /// Where numbers behind usernames go on.
    var numbers = NumberedNames()

    /// Expects changes of about this many accounts.
    fileprivate mutating func reserveCapacity(_ count: Int) {
        holders.usernames.reserveCapacity(count)
        holders.addresses.reserveCapacity(count)
        holders.importIDs.reserveCapacity(count)
        made.reserveCapacity(count)
        addressed.reserveCapacity(count)
    }

    fileprivate mutating func make(_ username: String, of candidate: UserCandidate) {
        let id = candidate.id
        holders.usernames[username == candidate.username ? candidate.usernameKey ?? "" : CaseFolding.key(username)] = id
        for address in candidate.addresses { holders.addresses[address.key] = id }
        for importID in candidate.importIDs { holders.importIDs[importID] = id }
        made.insert(id)
        if !candidate.addresses.isEmpty { addressed.insert(id) }
    }

    fileprivate mutating func update(_ account: AccountUpdate) {
        func keys(_ user: User) -> (username: String?, addresses: Set<String>) {
            (user.username.map(CaseFolding.key), Set(user.emails.map { CaseFolding.key($0.address) }))
        }
        let (id, old, new) = (account.before.id, keys(account.before), keys(account.after))
        if let key = old.username, key != new.username {
            holders.usernames[key] = nil
            freedUsernames.insert(key)
        }
        if let key = new.username { holders.usernames[key] = id }
        for key in old.addresses.subtracting(new.addresses) {
            holders.addresses[key] = nil
            freedAddresses.insert(key)
        }
        for key in new.addresses { holders.addresses[key] = id }
        if !new.addresses.isEmpty { addressed.insert(id) }
    }

    /// Who holds a folded username; nil if nothing is decided about it, an absent account if it is given up.
    fileprivate func holder(ofUsername key: String) -> UserID?? {
        if let account = holders.usernames[key] { return .some(account) }
        return freedUsernames.contains(key) ? .some(nil) : nil
    }

    /// Who holds a folded address; as `holder(ofUsername:)`.
    fileprivate func holder(ofAddress key: String) -> UserID?? {
        if let account = holders.addresses[key] { return .some(account) }
        return freedAddresses.contains(key) ? .some(nil) : nil
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
        /// Only its username is taken, and the holder is not the person: see `isSomebodyElse`.
        case freeUnderAnotherUsername
        /// Somebody else holds one of its keys.
        case refused(RecordFailure)
    }

    /// What this batch makes.
    private(set) var changes = AccountChanges()
    private let workspace: any ImportTarget
    private let present: AccountHolders
    private let earlier: AccountChanges
    /// Accounts among the holders that this operation made, or took for people of the source.
    private let operationAccounts: OperationAccounts
    private let policy: ImportPolicies.Users
    /// Accounts whose address tells them apart from namesakes.
    private let addressed: Set<UserID>
    /// Accounts with administrative rights among the holders of usernames.
    private let administrators: Set<UserID>
    /// Where the holders of usernames come from that carry no import id of the records of these usernames.
    private let origins: [UserID: AccountOrigin]
    /// The organizations of import ids that accounts carry.
    private let organizations: [ImportID: String]
    /// The accounts of skipped people, by import ids that no account carries.
    private let skippedPeople: [ImportID: UserID]
    /// The accounts among the holders, if records update them.
    private let accounts: [UserID: User]
    /// The addresses from which avatars of these accounts were requested last.
    private let requestedAvatars: [UserID: String]
    /// What roles give, if records update accounts.
    private let rights: RoleRights?
    /// The import ids of accounts that may get more.
    private let importIDs: [UserID: [ImportID]]

    /// Looks every key of a batch up at once.
    ///
    /// - Parameters:
    ///   - keys: the keys of `records`.
    ///   - records: the records of the batch.
    init(
        _ keys: AccountKeys, of records: [[UserCandidate]], context: ConversionContext, by directory: WorkspaceDirectory
    ) throws {
        changes.reserveCapacity(records.first?.count ?? 0)
        policy = context.policies.users
        workspace = directory.workspace
        earlier = directory.earlier.accounts
        changes.numbers = earlier.numbers
        let present = try workspace.users.holders(of: keys)
        self.present = present
        let accounts = Set(present.usernames.values).union(present.addresses.values).union(present.importIDs.values)
        operationAccounts =
            accounts.isEmpty
            ? OperationAccounts() : try workspace.users.accounts(of: context.number, among: Array(accounts))
        let named = Set(present.usernames.values)
        let contradictable = named.union(present.importIDs.values)
        addressed = contradictable.isEmpty ? [] : try workspace.users.usersWithEmail(among: Array(contradictable))
        administrators =
            policy.matchesPeople && !named.isEmpty
            ? try workspace.users.users(holdingAnyOf: workspace.roles.administrativeRoles(), among: Array(named)) : []
        var (namesakes, receivers) = (Set<UserID>(), Set<UserID>())
        var hasOrganizations = false
        for record in records.joined() {
            hasOrganizations = hasOrganizations || record.organization != nil
            if !accounts.isEmpty, record.importIDs.contains(where: { present.importIDs[$0] == nil }) {
                if let holder = record.usernameKey.flatMap({ present.usernames[$0] }) { receivers.insert(holder) }
                receivers.formUnion(record.addresses.compactMap { present.addresses[$0.key] })
                receivers.formUnion(record.importIDs.compactMap { present.importIDs[$0] })
            }
            guard let key = record.usernameKey, let holder = present.usernames[key],
                !record.importIDs.contains(where: { present.importIDs[$0] == holder })
            else { continue }
            namesakes.insert(holder)
        }
        origins = policy.matchesPeople && !namesakes.isEmpty ? try workspace.users.origins(of: Array(namesakes)) : [:]
        organizations =
            hasOrganizations ? try workspace.users.organizations(of: Array(present.importIDs.keys)) : [:]
        // A retry may have another policy than the run that skipped people.
        skippedPeople =
            policy == .skip || context.operation.counts[.user]?.skipped ?? 0 > 0
            ? try workspace.staging.accounts(ofSkipped: keys.importIDs, in: context.operation.id) : [:]
        let updated =
            policy == .update
            ? accounts.subtracting(operationAccounts.made).subtracting(operationAccounts.found) : []
        rights = updated.isEmpty ? nil : try RoleRights(in: workspace, defaultRoles: context.settings.defaultRoles)
        self.accounts = Dictionary(
            uniqueKeysWithValues: try workspace.users.find(ids: Array(updated)).map { ($0.id, $0) })
        requestedAvatars = try workspace.downloads.avatarURLs(of: Array(updated))
        importIDs = receivers.isEmpty || policy == .skip ? [:] : try workspace.users.importIDs(of: receivers)
    }

    private func holder(ofUsername key: String) -> UserID? {
        changes.holder(ofUsername: key) ?? earlier.holder(ofUsername: key) ?? present.usernames[key]
    }

    private func holder(ofAddress key: String) -> UserID? {
        changes.holder(ofAddress: key) ?? earlier.holder(ofAddress: key) ?? present.addresses[key]
    }

    private func holder(of importID: ImportID) -> UserID? {
        changes.holders.importIDs[importID] ?? earlier.holders.importIDs[importID] ?? present.importIDs[importID]
            ?? skippedPeople[importID]
    }

    /// Whether this operation made an account.
    func isMade(_ account: UserID) -> Bool {
        changes.made.contains(account) || earlier.made.contains(account) || operationAccounts.made.contains(account)
    }

    /// Whether this operation made an account, or took it for a person of the source.
    private func isTaken(_ account: UserID) -> Bool {
        isMade(account) || changes.found.contains(account) || earlier.found.contains(account)
            || operationAccounts.found.contains(account)
    }

    /// Whether an account is of another record of this operation, which has one of its import ids.
    private func isDescribed(_ account: UserID, byAnotherThan candidate: UserCandidate) -> Bool {
        operationAccounts.described.contains(account) && !candidate.importIDs.contains { holder(of: $0) == account }
    }

    /// Whether a record and an account are two people although they have an import id in common: both have addresses
    /// and none in common, and nothing else says that they are one.
    ///
    /// An import id that is not just the username is enough if the username is the same as well, or if the same
    /// organization gave the id: people change names and addresses. Otherwise two sources have one id for two people.
    private func contradicts(_ candidate: UserCandidate, _ account: UserID) -> Bool {
        guard !candidate.addresses.isEmpty,
            addressed.contains(account) || changes.addressed.contains(account) || earlier.addressed.contains(account),
            !candidate.addresses.contains(where: { holder(ofAddress: $0.key) == account })
        else { return false }
        let isNamed = candidate.usernameKey.map { holder(ofUsername: $0) == account } ?? true
        return !candidate.importIDs.contains { importID in
            guard holder(of: importID) == account, !candidate.isUsername(importID) else { return false }
            return isNamed || isTaken(account)
                || candidate.organization.map { organizations[importID] == $0 } ?? false
        }
    }

    /// Whether an account that has only the username in common with a record is not the one of the record.
    ///
    /// A username says little: people leave, and others take their names. It is not enough for a bot, a member of
    /// another workspace or a placeholder, and it makes nobody an administrator, a bot, the owner of a deactivated
    /// account, or somebody whom another import id describes.
    private func isSomebodyElse(_ candidate: UserCandidate, _ account: UserID) -> Bool {
        if !candidate.isMatchedByUsername { return true }
        // Two records of one import that have one username are indistinguishable: the second one fails.
        guard !isMade(account) else { return false }
        let isDescribedElsewhere =
            isTaken(account) || isDescribed(account, byAnotherThan: candidate)
            || origins[account]?.isOfSource ?? false
        // Addresses that differ are a reason of their own.
        if isDescribedElsewhere, candidate.addresses.isEmpty || !addressed.contains(account) { return true }
        guard !isTaken(account) else { return false }
        if administrators.contains(account) { return true }
        guard let origin = origins[account] else { return false }
        return origin.isBot || !origin.isActive && !candidate.isDeleted
    }

    // Closures rather than references to methods: a reference to a method copies the whole directory.

    /// What the rules say about a record; addresses are compared first, then the username, then import ids.
    func verdict(on candidate: UserCandidate) -> Verdict {
        let address = candidate.addresses.first { holder(ofAddress: $0.key) != nil }
        let usernameHolder = candidate.usernameKey.flatMap { holder(ofUsername: $0) }
        let carriers = candidate.importIDs.compactMap { holder(of: $0) }
        // Nearly every user of a first import.
        if address == nil, usernameHolder == nil, carriers.isEmpty { return .free }
        let addressHolder = address.flatMap { holder(ofAddress: $0.key) }
        // A source whose import ids are usernames may have another person of the name.
        let importHolders = carriers.filter { !contradicts(candidate, $0) }

        if let holder = addressHolder ?? usernameHolder, importHolders.contains(holder) {
            return .alreadyThere(holder)
        }
        let isOthersName = usernameHolder.map { isSomebodyElse(candidate, $0) } ?? false
        if policy.matchesPeople, addressHolder == nil, let holder = importHolders.first, !isTaken(holder),
            usernameHolder == nil || isOthersName
                || candidate.importIDs.contains(where: { self.holder(of: $0) == holder && !candidate.isUsername($0) })
        {
            // Imported before, and renamed then or in the workspace since.
            return .alreadyThere(holder)
        }
        if policy.matchesPeople, carriers.isEmpty {
            // Nothing decides silently between two people.
            for address in candidate.addresses {
                guard let other = holder(ofAddress: address.key), other != addressHolder else { continue }
                return refusal(.userEmailTaken, "The e-mail address \(address.address)", "emails", other)
            }
            if let addressHolder, !isTaken(addressHolder), !isDescribed(addressHolder, byAnotherThan: candidate) {
                return .sameAs(addressHolder, isByUsername: false)
            }
            if addressHolder == nil, isOthersName { return .freeUnderAnotherUsername }
            if addressHolder == nil, let usernameHolder, !isTaken(usernameHolder), !isOthersName,
                candidate.addresses.isEmpty || !addressed.contains(usernameHolder)
            {
                return .sameAs(usernameHolder, isByUsername: true)
            }
        }
        if let address, let holder = addressHolder {
            return refusal(.userEmailTaken, "The e-mail address \(address.address)", "emails", holder)
        }
        if let username = candidate.username, let holder = usernameHolder {
            return refusal(.userUsernameTaken, "The username \(username)", "username", holder)
        }
        if let importID = candidate.importIDs.first(where: { holder(of: $0) != nil }),
            let holder = holder(of: importID)
        {
            return refusal(.userImportIDTaken, "The import id \(importID.rawValue)", "importIds", holder)
        }
        return .free
    }

    /// Whether a record is taken for an account that was there before the run by nothing but the username: one of the
    /// two has no address, and no import id but the username is common to both.
    func isUsernameAlone(_ candidate: UserCandidate, _ account: UserID) -> Bool {
        !isTaken(account) && candidate.addresses.isEmpty == addressed.contains(account)
            && !candidate.importIDs.contains { holder(of: $0) == account && !candidate.isUsername($0) }
    }

    /// The import ids of an account from before the operation that gets others.
    func importIDs(of account: UserID) -> [ImportID] {
        ((importIDs[account] ?? []) + (earlier.added[account] ?? []) + (changes.added[account] ?? [])).distinct()
    }

    /// Notes that an account is the one of a record, and gives it those import ids of the record that nobody holds.
    ///
    /// - Returns: these import ids, and whether it was not known yet that the account belongs to a record of this
    ///   operation.
    mutating func bind(_ account: UserID, to candidate: UserCandidate) -> (importIDs: [ImportID], isFound: Bool) {
        let missing = candidate.importIDs.filter { holder(of: $0) == nil }
        for importID in missing { changes.holders.importIDs[importID] = account }
        if !missing.isEmpty, !isMade(account) { changes.added[account, default: []] += missing }
        // Another record of the username must not make a stranger of it (`strangers`).
        let matters =
            policy.matchesPeople || !missing.isEmpty || candidate.importIDs.contains(where: candidate.isUsername)
        guard matters, !isTaken(account) else { return (missing, false) }
        changes.found.insert(account)
        return (missing, true)
    }

    /// The account with the values of a record that describes it, if the policy is to update accounts.
    ///
    /// The first record of the operation that describes an account updates it.
    mutating func update(_ account: UserID, by candidate: UserCandidate) throws -> AccountUpdate? {
        guard let record = candidate.record, let rights, account != .rocketCat, let user = accounts[account] else {
            return nil
        }
        var update = AccountUpdate(
            of: user, by: candidate, record: record, requestedAvatar: requestedAvatars[account])
        update.takeUsername { holder(ofUsername: $0) == nil }
        update.takeAddresses { holder(ofAddress: $0) == nil }
        update.takeRights(rights)
        if update.takesAdministration(rights) {
            if try isLastAdministrator(update, rights) {
                update.keepRights()
            } else {
                changes.demoted.insert(account)
            }
        }
        changes.update(update)
        return update
    }

    /// Whether nobody else has the administrative rights that an account would lose.
    private func isLastAdministrator(_ update: AccountUpdate, _ rights: RoleRights) throws -> Bool {
        // Other transactions must not remove the rights of the others meanwhile.
        try workspace.roles.lockRights()
        let losing = changes.demoted.union(earlier.demoted).union([update.before.id])
        return try [[Role.administrator], rights.accessPermissions].contains { roles in
            let keeps = update.after.isActive && !roles.isDisjoint(with: update.after.roles)
            return try !roles.isDisjoint(with: update.before.roles) && !keeps
                && workspace.users.activeHolder(ofAnyOf: roles, besides: losing) == nil
        }
    }

    /// Those import ids of a record that no account has.
    func freeImportIDs(of candidate: UserCandidate) -> [ImportID] {
        candidate.importIDs.filter { holder(of: $0) == nil }
    }

    /// Whether the username of a record belongs to an account from before this run.
    func isNameOfPresentAccount(_ candidate: UserCandidate) -> Bool {
        candidate.usernameKey.flatMap { holder(ofUsername: $0) }.map { !isMade($0) } ?? false
    }

    /// Import ids of a record that was not imported, which would mean another person: the account that carries such an
    /// id, or that has it for a username, has another address or import ids of another source.
    ///
    /// An id is the person's all the same if another record of the import has it and is that account; `PeopleDirectory`
    /// knows, once all users are imported.
    func strangers(of candidate: UserCandidate) -> [ImportID] {
        let isOthersName =
            candidate.usernameKey.flatMap { holder(ofUsername: $0) }.map {
                contradicts(candidate, $0)
                    || !isTaken($0) && origins[$0]?.isOfSource ?? false
                        && (candidate.addresses.isEmpty || !addressed.contains($0))
            } ?? false
        return candidate.importIDs.filter { importID in
            guard let carrier = holder(of: importID) else { return isOthersName }
            return contradicts(candidate, carrier) && !isMade(carrier)
        }
    }

    /// The username as given, or the first suggestion that is free.
    ///
    /// - Parameter isTaken: whether somebody else has the given username; then it gets a number.
    mutating func username(for candidate: UserCandidate, isTaken: Bool, prefix: String) throws -> String {
        if let username = candidate.username { return isTaken ? try numberedUsername(username) : username }
        if let free = candidate.suggestions.first(where: { holder(ofUsername: $0.key) == nil }) {
            return free.username
        }
        return try numberedUsername(candidate.suggestions.first?.username ?? prefix)
    }

    /// Notes that an account is made of a record.
    mutating func add(username: String, of candidate: UserCandidate) {
        changes.make(username, of: candidate)
    }

    /// `base-1`, `base-2`, …, from the number of names that already start so.
    private mutating func numberedUsername(_ base: String) throws -> String {
        // Counting continues where it is, whatever the names are asked for meanwhile.
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
