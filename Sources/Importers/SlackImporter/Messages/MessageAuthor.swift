internal import ImportDomain
internal import ImporterKit

/// Whom a message is from.
struct MessageAuthor {
    /// The id that the workspace finds the account by.
    var importID: String
    /// What Slack calls them; nil when the export does not say.
    var username: String?
    /// The name shown instead of the account's.
    var alias: String?
    var isBot = false
}

extension MessageConverter {
    /// Finds out whom a message is from; nobody at all is the system.
    func author(of message: SlackMessage, _ kind: MessageKind, at time: SlackTime) -> MessageAuthor {
        let isBotText = kind == .bot
        guard let id = authorID(of: message, kind) else {
            if let botID = message.botID {
                if let person = users.person(withBotID: botID) { return known(person, message, isBot: true) }
                return placeholder(botID, message, isBot: true, at: time)
            }
            return MessageAuthor(
                importID: UserTable.systemID, username: UserTable.systemID, alias: message.username, isBot: isBotText)
        }
        let defined = users.knownPerson(id).flatMap { $0.isDefined ? $0 : nil }
        if let person = defined ?? message.botID.flatMap(users.person(withBotID:)) ?? users.person(withName: id) {
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

    private func known(_ person: UserTable.Person, _ message: SlackMessage, isBot: Bool) -> MessageAuthor {
        MessageAuthor(
            importID: person.id, username: person.username, alias: isBot ? message.username ?? message.botName : nil,
            isBot: isBot)
    }

    private func placeholder(
        _ id: String, _ message: SlackMessage, isBot: Bool, at time: SlackTime
    ) -> MessageAuthor {
        let name = message.profile?.realName ?? message.botName ?? message.username
        let description = PlaceholderTable.Description(
            username: message.profile?.name ?? (id.isSlackID ? nil : id), name: name, isBot: isBot,
            isGuest: message.profile?.isGuest ?? false, time: time.timestamp.milliseconds)
        let alias = isBot ? message.username ?? message.botName : nil
        guard placeholders.note(id, description) else {
            return MessageAuthor(
                importID: UserTable.systemID, alias: (name ?? id).clipped(toBytes: RecordLimits.nameBytes),
                isBot: isBot)
        }
        return MessageAuthor(
            importID: id, username: message.profile?.name ?? message.profile?.realName, alias: alias, isBot: isBot)
    }
}

extension String {
    /// Whether the text has the form of Slack's ids; tools by others write names in their place.
    var isSlackID: Bool {
        utf8.count > 1
            && utf8.allSatisfy { byte in byte.isDigit || byte &- UInt8(ascii: "A") < 26 }
    }
}
