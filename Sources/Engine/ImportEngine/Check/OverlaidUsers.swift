import ImportDomain

/// The accounts of a workspace, with those of a scratch workspace laid over them.
struct OverlaidUsers: ImportedUsers {
    let workspace: any UserStore
    let scratch: any ScratchAccess
    let number: ImportNumber

    /// Which of these accounts were copied or created.
    private func written(among users: some Sequence<UserID>) throws -> [UserID: AccountName] {
        let users = Array(Set(users))
        return users.isEmpty ? [:] : try scratch.transaction { try $0.users.names(of: users) }
    }

    func holders(of keys: AccountKeys) throws -> AccountHolders {
        var holders = try workspace.holders(of: keys)
        let written = try written(among: Array(holders.usernames.values) + Array(holders.addresses.values))
        if !written.isEmpty {
            holders.usernames = holders.usernames.filter { written[$0.value] == nil }
            holders.addresses = holders.addresses.filter { written[$0.value] == nil }
        }
        let later = try scratch.transaction { try $0.users.holders(of: keys) }
        holders.usernames.merge(later.usernames) { $1 }
        holders.addresses.merge(later.addresses) { $1 }
        holders.importIDs.merge(later.importIDs) { $1 }
        return holders
    }

    func people(withImportIDs importIDs: [ImportID]) throws -> [ImportID: Person] {
        var people = try workspace.people(withImportIDs: importIDs)
        let bound = try scratch.transaction { try $0.users.holders(of: AccountKeys(importIDs: importIDs)) }.importIDs
        var holders = people.mapValues(\.id)
        holders.merge(bound) { $1 }
        let written = try written(among: holders.values)
        // Accounts of the workspace that got an import id and are not copied.
        let others = holders.filter { people[$0.key] == nil && written[$0.value] == nil }.map(\.value)
        let names = try others.isEmpty ? [:] : workspace.names(of: Array(Set(others)))
        for (importID, user) in holders {
            guard let name = written[user] ?? names[user] else { continue }
            people[importID] = Person(id: user, username: name.username ?? user.rawValue, name: name.name)
        }
        return people
    }

    func people(named usernameKeys: [String]) throws -> [String: Person] {
        var people = try workspace.people(named: usernameKeys)
        let written = try written(among: people.values.map(\.id))
        if !written.isEmpty { people = people.filter { written[$0.value.id] == nil } }
        return people.merging(try scratch.transaction { try $0.users.people(named: usernameKeys) }) { $1 }
    }

    func importIDs(of users: Set<UserID>) throws -> [UserID: [ImportID]] {
        var importIDs = try workspace.importIDs(of: users)
        for (user, added) in try scratch.transaction({ try $0.users.importIDs(of: users) }) {
            let present = Set(importIDs[user] ?? [])
            importIDs[user, default: []] += added.filter { !present.contains($0) }
        }
        return importIDs
    }

    func origins(of users: [UserID]) throws -> [UserID: AccountOrigin] {
        var origins = try workspace.origins(of: users)
        origins.merge(try scratch.transaction { try $0.users.origins(of: users) }) { $1 }
        // Import ids of accounts that are not copied.
        let added = try scratch.transaction { try $0.users.importIDs(of: Set(users)) }
        guard !added.isEmpty else { return origins }
        let names = try workspace.names(of: Array(added.keys)).merging(written(among: added.keys)) { $1 }
        for (user, importIDs) in added {
            let key = names[user]?.username.map(CaseFolding.key)
            if importIDs.contains(where: { CaseFolding.key($0.rawValue) != key }) { origins[user]?.isOfSource = true }
        }
        return origins
    }

    func organizations(of importIDs: [ImportID]) throws -> [ImportID: String] {
        try scratch.transaction { try $0.users.organizations(of: importIDs) }
            .merging(workspace.organizations(of: importIDs)) { $1 }
    }

    func setOrganizations(_ organizations: [(importID: ImportID, organization: String)]) throws {
        guard !organizations.isEmpty else { return }
        let known = try workspace.organizations(of: organizations.map(\.importID))
        try scratch.transaction {
            try $0.users.setOrganizations(organizations.filter { known[$0.importID] == nil })
        }
    }

    func usersWithEmail(among users: [UserID]) throws -> Set<UserID> {
        try union(among: users, of: workspace) { try $0.usersWithEmail(among: $1) }
    }

    func users(holdingAnyOf roles: Set<String>, among users: [UserID]) throws -> Set<UserID> {
        try union(among: users, of: workspace) { try $0.users(holdingAnyOf: roles, among: $1) }
    }

    func activeHolder(ofAnyOf roles: Set<String>, besides others: Set<UserID>) throws -> UserID? {
        var looked = others
        while let holder = try workspace.activeHolder(ofAnyOf: roles, besides: looked) {
            guard try written(among: [holder]).isEmpty == false else { return holder }
            looked.insert(holder)
        }
        return try scratch.transaction { try $0.users.activeHolder(ofAnyOf: roles, besides: others) }
    }

    func find(ids: [UserID]) throws -> [User] {
        let (copies, added) = try scratch.transaction {
            (try $0.users.find(ids: ids), try $0.users.importIDs(of: Set(ids)))
        }
        let known = Set(copies.map(\.id))
        let others = try workspace.find(ids: known.isEmpty ? ids : ids.filter { !known.contains($0) })
        // An import that repeats an earlier one changes no account.
        if copies.isEmpty, added.isEmpty { return others }
        let importIDs = try importIDs(of: Set(ids))
        return (copies + others).map { user in
            var user = user
            user.importIDs = importIDs[user.id] ?? []
            return user
        }
    }

    func names(of users: [UserID]) throws -> [UserID: AccountName] {
        try workspace.names(of: users).merging(written(among: users)) { $1 }
    }

    /// What both know about some accounts, where copies count.
    private func union(
        among users: [UserID], of workspace: any UserStore, _ find: (any UserStore, [UserID]) throws -> Set<UserID>
    ) throws -> Set<UserID> {
        let written = try written(among: users)
        let others = written.isEmpty ? users : users.filter { written[$0] == nil }
        let found = try find(workspace, others)
        guard !written.isEmpty else { return found }
        return try found.union(scratch.transaction { try find($0.users, Array(written.keys)) })
    }

    func bind(_ importIDs: [(importID: ImportID, user: UserID)], by number: ImportNumber) throws {
        try scratch.transaction { try $0.users.bind(importIDs, by: number) }
    }

    func usernameCount(startingWith key: String) throws -> Int {
        // Copies count as they are in the workspace.
        try workspace.usernameCount(startingWith: key)
            + scratch.transaction { try $0.users.usernameCount(startingWith: key, createdBy: number) }
    }

    func accounts(of number: ImportNumber, among users: [UserID]) throws -> OperationAccounts {
        var accounts = try workspace.accounts(of: number, among: users)
        let later = try scratch.transaction { try $0.users.accounts(of: number, among: users) }
        accounts.found.formUnion(later.found)
        accounts.made = accounts.made.union(later.made).subtracting(accounts.found)
        accounts.described.formUnion(later.described)
        return accounts
    }

    func confirm(_ users: [UserID], by number: ImportNumber) throws {
        try scratch.transaction { try $0.users.confirm(users, by: number) }
    }

    func update(_ updates: [(before: User, after: User)], by number: ImportNumber) throws {
        guard !updates.isEmpty else { return }
        try scratch.transaction { scratch in
            let copied = Set(try scratch.users.find(ids: updates.map(\.after.id)).map(\.id))
            let new = Dictionary(updates.map { ($0.before.id, $0.before) }) { first, _ in first }
                .filter { !copied.contains($0.key) }
            // Import ids that were added since are there already.
            let importIDs = try workspace.importIDs(of: Set(new.keys))
            try scratch.users.insert(
                new.values.map { user in
                    var copy = user
                    copy.importIDs = importIDs[user.id] ?? []
                    return copy
                }, by: nil)
            try scratch.users.update(updates, by: number)
        }
    }

    func insert(_ rows: any UserRows) throws { try scratch.transaction { try $0.users.insert(rows) } }
}
