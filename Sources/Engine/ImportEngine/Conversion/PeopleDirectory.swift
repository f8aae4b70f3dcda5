import ImportDomain

/// The accounts behind the import ids that one batch names.
struct PeopleDirectory: Sendable {
    private let people: [ImportID: Person]
    private let byUsername: [String: Person]
    /// Folded usernames of accounts that are not meant by their username alone.
    private let protectedNames: Set<String>

    /// The bot that every workspace has, which every source may name.
    private static let rocketCat = Person(id: .rocketCat, username: UserID.rocketCat.rawValue, name: "Rocket.Cat")

    /// Looks ids up; where the source has no other ids, an account of that username serves as well.
    ///
    /// An account with administrative rights is found by its import ids only: otherwise the author of a table could
    /// write in an administrator's name. Somebody whom the source describes as another person than the account of that
    /// username is not that account either.
    /// Source: docs/importers.md, "Who is meant".
    init(of importIDs: Set<ImportID>, context: ConversionContext, in transaction: any ImportTarget) throws {
        let sorted = importIDs.sorted { $0.rawValue < $1.rawValue }
        var people = sorted.isEmpty ? [:] : try transaction.users.people(withImportIDs: sorted)
        var unknown = context.namesPeopleByUsername ? sorted.filter { people[$0] == nil } : []
        let operation = context.operation.id
        if !sorted.isEmpty, try transaction.staging.hasFailedIDs(in: operation) {
            var others = try transaction.staging.strangers(among: sorted, in: operation)
            others.subtract(try Self.known(among: others, people: people, context: context, in: transaction.users))
            people = people.filter { !others.contains($0.key) }
            if !unknown.isEmpty {
                others.formUnion(try transaction.staging.failed(among: unknown, of: .user, in: operation))
            }
            unknown.removeAll(where: others.contains)
        }
        // All users are imported by now, so the count of the claim is final. A retry may have another policy than the run
        // that skipped people.
        if !sorted.isEmpty, context.operation.counts[.user]?.skipped ?? 0 > 0 {
            let skipped = try Self.skipped(sorted.filter { people[$0] == nil }, in: operation, transaction)
            people.merge(skipped) { first, _ in first }
            unknown.removeAll { skipped[$0] != nil }
        }
        self.people = people
        let named =
            unknown.isEmpty
            ? [:]
            : try transaction.users.people(named: Set(unknown.map { CaseFolding.key($0.rawValue) }).sorted())
        let protected =
            named.isEmpty
            ? []
            : try transaction.users.users(
                holdingAnyOf: transaction.roles.administrativeRoles(), among: named.values.map(\.id))
        self.byUsername = named.filter { !protected.contains($0.value.id) }
        protectedNames = Set(named.filter { protected.contains($0.value.id) }.keys)
    }

    /// Import ids of strangers that another record of the import has as well, whose person is the account that carries
    /// the id: to the source both records are one person.
    ///
    /// An account that was there is known by the id only if it carries no other; otherwise the record that is the account
    /// may name it by another id, because a person was renamed and somebody else got the username.
    private static func known(
        among strangers: Set<ImportID>, people: [ImportID: Person], context: ConversionContext,
        in users: any ImportedUsers
    ) throws -> Set<ImportID> {
        let accounts = Set(strangers.compactMap { people[$0]?.id })
        guard !accounts.isEmpty else { return [] }
        let ofImport = try users.accounts(of: context.number, among: Array(accounts))
        let importIDs = try users.importIDs(of: ofImport.found)
        return strangers.filter { importID in
            guard let account = people[importID]?.id else { return false }
            return ofImport.made.contains(account)
                || ofImport.found.contains(account) && importIDs[account] == [importID]
        }
    }

    /// The accounts that skipped records describe.
    private static func skipped(
        _ importIDs: [ImportID], in operation: OperationID, _ transaction: any ImportTarget
    ) throws -> [ImportID: Person] {
        let accounts = try transaction.staging.accounts(ofSkipped: importIDs, in: operation)
        guard !accounts.isEmpty else { return [:] }
        let names = try transaction.users.names(of: Array(Set(accounts.values)))
        return accounts.compactMapValues { account in
            names[account].map { Person(id: account, username: $0.username ?? account.rawValue, name: $0.name) }
        }
    }

    /// A directory without some import ids.
    private init(_ directory: PeopleDirectory, without importIDs: Set<ImportID>) {
        people = directory.people.filter { !importIDs.contains($0.key) }
        let names = Set(importIDs.map { CaseFolding.key($0.rawValue) })
        byUsername = directory.byUsername.filter { !names.contains($0.key) }
        protectedNames = directory.protectedNames
    }

    /// The directory as if nobody had some import ids.
    func without(_ importIDs: Set<ImportID>) -> PeopleDirectory { PeopleDirectory(self, without: importIDs) }

    /// The account that has an import id, or that a skipped record with this id describes; never one of that username
    /// alone.
    func holder(of importID: ImportID) -> Person? { people[importID] }

    /// The account that an import id names.
    subscript(importID: ImportID) -> Person? {
        if let person = people[importID] { return person }
        if importID.rawValue == UserID.rocketCat.rawValue { return Self.rocketCat }
        return byUsername.isEmpty ? nil : byUsername[CaseFolding.key(importID.rawValue)]
    }

    /// The account that an import id of a record names.
    subscript(importID: String) -> Person? { self[ImportID(importID)] }

    /// Whether an id is the username of an account with administrative rights, and that is all that speaks for it.
    func isProtectedName(_ importID: String) -> Bool {
        !protectedNames.isEmpty && protectedNames.contains(CaseFolding.key(importID))
    }
}
