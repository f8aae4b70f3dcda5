internal import ImportDomain

/// The users that the export describes, until all of them are read and each person is staged once.
final class UserDefinitions {
    private var users: [(place: DefinitionPlace, user: SlackUser)] = []
    /// Folded usernames that are given away.
    private(set) var takenUsernames: Set<String> = [CaseFolding.key(UserTable.systemID)]

    func add(_ user: SlackUser, at place: DefinitionPlace) { users.append((place, user)) }

    /// Stages every person once and notes in `table` who has which ids.
    ///
    /// Ids with the same e-mail address are one person who left and came back, or who has several workspaces of an
    /// organisation.
    func settle(into table: UserTable, _ output: any ImportOutput, _ log: FindingLog) throws {
        users.sort { $0.place < $1.place }
        var people: [[Int]] = []
        var personByEmail: [String: Int] = [:]
        var indexByID: [String: Int] = [:]
        for index in users.indices {
            let (place, user) = users[index]
            if user.id == UserTable.slackbotID {
                log.ignore(.recordIgnored, field: "id", value: user.id)
            } else if let first = indexByID[user.id] {
                merge(user, into: first)
                log.ignore(.recordIgnored, field: "id", value: "user of several files")
            } else {
                indexByID[user.id] = index
                let email = user.email.map(CaseFolding.key)
                if let person = email.flatMap({ personByEmail[$0] }) {
                    people[person].append(index)
                    try log.report(
                        ImportFinding(
                            .warning, .valueReplaced, entry: place.entry, position: place.index, field: "id",
                            value: user.id,
                            message: "This is the same person as \"\(users[people[person][0]].user.id)\", by the "
                                + "e-mail address; both ids become one account."))
                } else {
                    if let email { personByEmail[email] = people.count }
                    people.append([index])
                }
            }
        }
        for person in people { try stage(person, table, output, log) }
        users = []
    }

    /// A username nobody else of the export has: the wanted one, or one that ends in the id.
    func freeUsername(_ wanted: String?, id: String) -> String {
        let name = wanted ?? id.lowercased()
        if takenUsernames.insert(CaseFolding.key(name)).inserted { return name }
        var candidate = "\(name)-\(id.lowercased())"
        while !takenUsernames.insert(CaseFolding.key(candidate)).inserted { candidate += "-" }
        return candidate
    }

    private func stage(_ person: [Int], _ table: UserTable, _ output: any ImportOutput, _ log: FindingLog) throws {
        let primary = person.first { !users[$0].user.isDeleted } ?? person[0]
        let user = users[primary].user
        let username = freeUsername(user.name, id: user.id)
        if username != user.name {
            try log.report(
                ImportFinding(
                    .warning, .valueReplaced, entry: users[primary].place.entry, position: users[primary].place.index,
                    field: "name", value: user.name,
                    message: "The username is missing or another user has it; this one gets \"\(username)\"."))
        }
        let others = person.filter { $0 != primary }.map { users[$0].user }
        let number = table.number(of: user.id)
        table.define(user, username: username, sameAs: nil)
        for other in others { table.define(other, username: username, sameAs: number) }
        let isDeleted = user.isDeleted && others.allSatisfy(\.isDeleted)
        try output.stage(
            .user(user.record(importIDs: [user.id] + others.map(\.id), username: username, isDeleted: isDeleted)))
    }

    private func merge(_ user: SlackUser, into index: Int) {
        if users[index].user.email == nil { users[index].user.email = user.email }
        if users[index].user.botID == nil { users[index].user.botID = user.botID }
        users[index].user.isDeleted = users[index].user.isDeleted && user.isDeleted
    }
}
