internal import ImportDomain
internal import ImporterKit

/// The users that the export describes, until all of them are read and each person is staged once.
final class SlackUsers {
    private let allowance: Allowance
    private var users: [(place: DefinitionPlace, user: SlackUser)] = []
    private var usernames = UniqueNames(maximumBytes: RecordLimits.usernameBytes, reserved: [SlackPeople.systemID])
    /// How many users were staged.
    private(set) var stagedCount = 0

    init(allowance: Allowance) { self.allowance = allowance }

    func add(_ user: SlackUser, at place: DefinitionPlace) {
        if allowance.take(user.memoryBytes) { users.append((place, user)) }
    }

    /// Stages every person once and notes in `table` who has which ids.
    ///
    /// Ids with the same e-mail address are one person who left and came back, or who has several workspaces of an
    /// organisation.
    func stage(into table: SlackPeople, _ sink: RecordSink) throws {
        users.sort { $0.place < $1.place }
        var people: [[Int]] = []
        var personByEmail: [String: Int] = [:]
        var indexByID: [ExactString: Int] = [:]
        for index in users.indices {
            if index.isMultiple(of: 1024) { try sink.output.checkCancellation() }
            let (place, user) = users[index]
            if user.id == SlackPeople.slackbotID {
                sink.ignore(
                    .recordIgnored, field: "id", value: user.id,
                    message: "Slack's own bot is rocket.cat in the workspace; it gets no account of its own.")
            } else if let first = indexByID[ExactString(user.id)] {
                users[first].user.merge(user)
                sink.ignore(
                    .recordIgnored, field: "id", value: "user of several files",
                    message: "Several elements describe the same user, who is imported once, with what all of them "
                        + "say.")
            } else {
                indexByID[ExactString(user.id)] = index
                let email = user.email.map(CaseFolding.key)
                guard let email, let person = personByEmail[email] else {
                    if let email { personByEmail[email] = people.count }
                    people.append([index])
                    continue
                }
                guard people[person].count < RecordLimits.importIDsPerRecord else {
                    users[index].user.email = nil
                    people.append([index])
                    try place.report(
                        .limitExceeded, field: "email", value: user.id,
                        "More than \(RecordLimits.importIDsPerRecord) users have this e-mail address; this one becomes "
                            + "an account of its own without it.", sink)
                    continue
                }
                people[person].append(index)
                try place.report(
                    .valueReplaced, field: "id", value: user.id,
                    "This is the same person as \"\(users[people[person][0]].user.id)\", by the e-mail address; both "
                        + "ids become one account.", sink)
            }
        }
        for (index, person) in people.enumerated() {
            if index.isMultiple(of: 1024) { try sink.output.checkCancellation() }
            try stage(person, table, sink)
        }
        stagedCount = people.count
        users = []
    }

    /// A username nobody else of the export has: the wanted one, or one that ends in the id.
    func freeUsername(_ wanted: String?, id: String) -> String {
        guard let wanted else { return usernames.claim([id.lowercased()]) }
        return usernames.claim(wanted, id: id)
    }

    private func stage(_ person: [Int], _ table: SlackPeople, _ sink: RecordSink) throws {
        let primary = person.first { !users[$0].user.isDeleted } ?? person[0]
        let (place, user) = users[primary]
        let username = freeUsername(user.name, id: user.id)
        if username != user.name {
            try place.report(
                .valueReplaced, field: "name", value: user.name,
                "The username is missing or another user has it; this one gets \"\(username)\".", sink)
        }
        let others = person.filter { $0 != primary }.map { users[$0].user }
        let number = table.define(user, username: username, sameAs: nil)
        for other in others { table.define(other, username: username, sameAs: number) }
        let all = [user] + others
        let isDeleted = all.allSatisfy(\.isDeleted)
        // Accounts that were closed say nothing about what the person sees today.
        let isGuest = all.contains { $0.isGuest && (isDeleted || !$0.isDeleted) }
        if isGuest {
            try sink.report(
                .info, .userGuest, entry: place.entry, at: place.index, field: "is_restricted", value: user.id,
                "\"\(username)\" is a guest in Slack. Unless the policy for guests says otherwise, a new account "
                    + "gets the role guest, which sees only its rooms; an account that exists already keeps its roles. "
                    + "Change them if they are too many.")
        }
        try sink.stage(
            .user(
                user.record(
                    importIDs: all.map(\.id), username: username, isDeleted: isDeleted, isGuest: isGuest,
                    isForeign: all.contains(where: \.isForeign))))
    }
}
