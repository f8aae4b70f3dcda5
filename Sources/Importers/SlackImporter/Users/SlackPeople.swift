internal import ImportDomain
internal import ImporterKit

/// The people that the export names, by each of their names.
///
/// Users are numbered, so that the members of all rooms take four bytes each and not a string.
final class SlackPeople {
    /// A person that the export names.
    struct Person {
        /// The id that the workspace finds them by.
        let id: String
        /// The name in Slack.
        var username: String?
        /// Whether a definition describes them, they are a member of a room, or are known to write messages: then they
        /// will have an account.
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

    /// By their numbers in `ids`.
    private var people: [Person] = []
    private let allowance: Allowance
    private var ids = NameTable()
    private var numbersByBotID: [ExactString: Int32] = [:]
    /// By name, compared as Unicode does: names are what people typed.
    private var numbersByName: [String: Int32] = [:]
    /// Finds everybody who wrote a message and marks them as known. It runs once, and only if a text mentions someone
    /// whom no definition describes: it reads all messages.
    var searchForAuthors: (() throws -> Void)?
    /// Why the search failed. It runs inside of the conversion of a text, which cannot throw.
    private var searchError: (any Error)?

    init(allowance: Allowance) {
        self.allowance = allowance
        _ = ids.insert(Self.systemID)
        people.append(
            Person(id: Self.systemID, username: Self.systemID, isKnown: true, isDefined: true, sameAs: 0))
    }

    /// The number of an id, which gets one if it has none; nil for an id beyond a limit.
    func number(of id: String) -> Int32? {
        let id = importID(id)
        if let number = ids.number(of: id) { return Int32(number) }
        let bytes = id.utf8.count
        guard bytes <= RecordLimits.importIDBytes, allowance.take(192 + 2 * bytes) else { return nil }
        let number = Int32(ids.insert(id).number)
        people.append(Person(id: id, sameAs: number))
        return number
    }

    /// The person with a number.
    subscript(number: Int32) -> Person { people[Int(number)] }

    /// The ids of members of rooms that no definition describes.
    var undescribedMembers: [String] { people.filter { $0.isKnown && !$0.isDefined }.map(\.id) }

    /// Notes that somebody needs an account.
    func addMember(_ number: Int32) { people[Int(number)].isKnown = true }

    /// Notes a person that no definition describes, and their name in messages.
    func addUndescribed(_ id: String, username: String?) {
        guard let number = number(of: id), !people[Int(number)].isDefined else { return }
        people[Int(number)].isKnown = true
        people[Int(number)].username = username
    }

    /// Notes what a definition says of a user.
    ///
    /// - Returns: the user's number; nil beyond a limit.
    @discardableResult
    func define(_ user: SlackUser, username: String, sameAs: Int32?) -> Int32? {
        guard let number = number(of: user.id) else { return nil }
        people[Int(number)].username = username
        people[Int(number)].isKnown = true
        people[Int(number)].isDefined = true
        people[Int(number)].isBot = user.isBot
        if let sameAs { people[Int(number)].sameAs = sameAs }
        if let botID = user.botID.map(ExactString.init), numbersByBotID[botID] == nil { numbersByBotID[botID] = number }
        if let name = user.name, numbersByName[name] == nil { numbersByName[name] = number }
        return number
    }

    /// The person who has, or will have, an account under an id of a user or of a bot.
    @inline(__always)
    func knownPerson(_ id: String) -> Person? {
        if let number = ids.number(of: importID(id)), people[number].isKnown { return people[number] }
        return person(withBotID: id)
    }

    /// The person that a text mentions. Authors of messages count, wherever their messages are in the export.
    func mentionedPerson(_ id: String) -> Person? {
        if let person = knownPerson(id) { return person }
        guard let searchForAuthors else { return nil }
        self.searchForAuthors = nil
        do { try searchForAuthors() } catch { searchError = error }
        return knownPerson(id)
    }

    /// Throws why the search for authors failed, if the text that was just converted began it.
    func checkSearch() throws {
        if let searchError { throw searchError }
    }

    func person(withBotID id: String) -> Person? { numbersByBotID[ExactString(id)].map { people[Int($0)] } }

    func person(withName name: String) -> Person? { numbersByName[name].map { people[Int($0)] } }

    /// The number of the user with a name, of whatever person.
    func number(withName name: String) -> Int32? { numbersByName[name] }

    /// The import id of the account for an id of Slack.
    @inline(__always)
    func importID(_ id: String) -> String { id == Self.slackbotID ? Self.systemID : id }

    /// The id of the account of the person or program that Slack calls `id`.
    func accountID(_ id: String) -> String { knownPerson(id)?.id ?? importID(id) }

    /// The number of the user who is the same person.
    func canonicalNumber(_ number: Int32) -> Int32 { people[Int(number)].sameAs }

    /// The id of the user with a number, or of the user who is the same person.
    func canonicalID(_ number: Int32) -> String { people[Int(people[Int(number)].sameAs)].id }
}
