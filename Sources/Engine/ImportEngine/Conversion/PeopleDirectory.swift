import ImportDomain

/// The accounts behind the import ids that one batch names.
struct PeopleDirectory: Sendable {
    private let people: [String: Person]
    private let byUsername: [String: Person]

    /// The bot that every workspace has, which every source may name.
    private static let rocketCat = Person(id: .rocketCat, username: UserID.rocketCat.rawValue, name: "Rocket.Cat")

    /// Looks ids up; where the source has no other ids, an account of that username serves as well.
    ///
    /// Source: docs/importers.md, "Who is meant".
    init(of importIDs: Set<String>, byUsername: Bool, in transaction: any StoreTransaction) throws {
        let sorted = importIDs.sorted()
        let people = sorted.isEmpty ? [:] : try transaction.users.people(carrying: sorted)
        self.people = people
        let unknown = byUsername ? sorted.filter { people[$0] == nil } : []
        self.byUsername =
            unknown.isEmpty
            ? [:] : try transaction.users.people(named: Set(unknown.map(CaseFolding.key)).sorted())
    }

    /// The account that an import id names.
    subscript(importID: String) -> Person? {
        if let person = people[importID] { return person }
        if importID == UserID.rocketCat.rawValue { return Self.rocketCat }
        return byUsername.isEmpty ? nil : byUsername[CaseFolding.key(importID)]
    }
}
