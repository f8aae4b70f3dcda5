internal import ImportDomain
internal import ImporterKit

/// Finds the accounts of authors, editors and people who reacted, and notes those that no definition describes.
struct MessagePeople {
    /// The author of a message.
    struct Author {
        /// The id that the workspace finds the account by.
        var importID: String
        /// What Slack calls them; nil when the export does not say.
        var username: String?
        /// The name shown instead of the account's.
        var alias: String?
        var isBot = false
    }

    private let people: SlackPeople
    private let placeholders: PlaceholderTable

    init(_ export: SlackExport) {
        people = export.people
        placeholders = export.placeholders
    }

    /// Notes the people that only messages describe, as staging does, and stages nothing.
    func notePeople(of message: SlackMessage) {
        if let type = message.type, type != "message" { return }
        let kind = MessageKind.kind(of: message)
        guard kind != .ignored, let time = message.time.flatMap(SlackTime.init) else { return }
        let author = author(of: message, kind, at: time)
        noteReactingPeople(message)
        if let editor = message.editedBy, let edited = message.editedAt.flatMap(SlackTime.init) {
            _ = accountID(editor, message, author, edited)
        }
    }

    /// The author of a message; the system if the message names none.
    func author(of message: SlackMessage, _ kind: MessageKind, at time: SlackTime) -> Author {
        let isBotText = kind == .bot
        guard let id = authorID(of: message, kind) else {
            if let botID = message.botID {
                if let person = people.person(withBotID: botID) { return known(person, message, isBot: true) }
                return placeholder(botID, message, isBot: true, at: time)
            }
            return Author(
                importID: SlackPeople.systemID, username: SlackPeople.systemID, alias: message.username,
                isBot: isBotText)
        }
        let defined = people.knownPerson(id).flatMap { $0.isDefined ? $0 : nil }
        if let person = defined ?? message.botID.flatMap(people.person(withBotID:)) ?? people.person(withName: id) {
            return known(person, message, isBot: isBotText || person.isBot && message.botID != nil)
        }
        return placeholder(id, message, isBot: isBotText || message.botID != nil, at: time)
    }

    private func authorID(of message: SlackMessage, _ kind: MessageKind) -> String? {
        switch kind {
        case .fileComment: message.commentAuthorID ?? message.userID
        case .huddle: message.roomCreatorID ?? message.userID
        default: message.userID
        }
    }

    private func known(_ person: SlackPeople.Person, _ message: SlackMessage, isBot: Bool) -> Author {
        Author(
            importID: person.id, username: person.username, alias: isBot ? message.username ?? message.botName : nil,
            isBot: isBot)
    }

    private func placeholder(
        _ id: String, _ message: SlackMessage, isBot: Bool, at time: SlackTime
    ) -> Author {
        let name = message.profile?.realName ?? message.botName ?? message.username
        let description = PlaceholderTable.Description(
            username: message.profile?.name ?? (SlackID.matches(id) ? nil : id), name: name, isBot: isBot,
            isGuest: message.profile?.isGuest ?? false, time: time.timestamp.milliseconds)
        let alias = isBot ? message.username ?? message.botName : nil
        guard placeholders.note(id, description) else {
            return Author(
                importID: SlackPeople.systemID, alias: (name ?? id).clipped(toBytes: RecordLimits.nameBytes),
                isBot: isBot)
        }
        return Author(
            importID: id, username: message.profile?.name ?? message.profile?.realName, alias: alias, isBot: isBot)
    }

    /// People who only reacted need an account as well, or their reactions would be lost.
    func noteReactingPeople(_ message: SlackMessage) {
        for reaction in message.reactions {
            for id in reaction.userIDs where people.knownPerson(id) == nil {
                _ = placeholders.note(id, PlaceholderTable.Description())
            }
        }
    }

    /// The account that did something to a message; a person or program that nothing describes gets one, too.
    func accountID(
        _ id: String, _ message: SlackMessage, _ author: Author, _ time: SlackTime
    ) -> String? {
        if id == message.botID || id == message.userID { return author.importID }
        if let person = people.knownPerson(id) ?? people.person(withName: id) { return person.id }
        return placeholders.note(id, PlaceholderTable.Description()) ? id : nil
    }
}
