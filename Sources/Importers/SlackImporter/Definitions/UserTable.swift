/// Whom the export names, by every name that it has for them.
///
/// Users are numbered, so that the members of all rooms take four bytes each and not a text.
final class UserTable {
    /// Someone whom the export names.
    struct Person {
        /// The id that the workspace finds them by.
        let id: String
        /// The name in Slack.
        var username: String?
        /// Whether a definition describes them, or they are a member of a room: then they will have an account.
        var isKnown = false
        /// Whether a definition describes them.
        var isDefined = false
        var isBot = false
        /// The number of the user that they are the same person as.
        var sameAs: Int32
    }

    /// The account that stands for the system itself; it takes the place of Slack's own bot.
    static let systemID = "rocket.cat"
    static let slackbotID = "USLACKBOT"

    private(set) var people: [Person] = []
    private var numbersByID: [String: Int32] = [:]
    private var numbersByBotID: [String: Int32] = [:]
    private var numbersByName: [String: Int32] = [:]

    init() {
        let system = number(of: Self.systemID)
        people[Int(system)].username = Self.systemID
        people[Int(system)].isKnown = true
        people[Int(system)].isDefined = true
        numbersByID[Self.slackbotID] = system
    }

    /// The number of an id, which gets one if it has none.
    func number(of id: String) -> Int32 {
        if let number = numbersByID[id] { return number }
        let number = Int32(people.count)
        people.append(Person(id: id, sameAs: number))
        numbersByID[id] = number
        return number
    }

    /// Notes that somebody is a member of a room and therefore needs an account.
    func addMember(_ number: Int32) { people[Int(number)].isKnown = true }

    /// Notes what a definition says of a user.
    func define(_ user: SlackUser, username: String, sameAs: Int32?) {
        let number = number(of: user.id)
        people[Int(number)].username = username
        people[Int(number)].isKnown = true
        people[Int(number)].isDefined = true
        people[Int(number)].isBot = user.isBot
        if let sameAs { people[Int(number)].sameAs = sameAs }
        if let botID = user.botID, numbersByBotID[botID] == nil { numbersByBotID[botID] = number }
        if let name = user.name, numbersByName[name] == nil { numbersByName[name] = number }
    }

    /// The person who has, or will have, an account under an id of a user or of a bot.
    @inline(__always)
    func knownPerson(_ id: String) -> Person? {
        if let number = numbersByID[id], people[Int(number)].isKnown { return people[Int(number)] }
        return person(withBotID: id)
    }

    func person(withBotID id: String) -> Person? { numbersByBotID[id].map { people[Int($0)] } }

    func person(withName name: String) -> Person? { numbersByName[name].map { people[Int($0)] } }

    /// The id under which the workspace finds whoever Slack calls `id`.
    @inline(__always)
    func importID(_ id: String) -> String { id == Self.slackbotID ? Self.systemID : id }

    /// The id of the account of the person or program that Slack calls `id`.
    func accountID(_ id: String) -> String { knownPerson(id)?.id ?? importID(id) }

    /// The id of the user with a number, or of the user who is the same person.
    func canonicalID(_ number: Int32) -> String { people[Int(people[Int(number)].sameAs)].id }
}
