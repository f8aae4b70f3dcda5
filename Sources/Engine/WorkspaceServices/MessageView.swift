public import ImportDomain

/// A message with everything that is shown along with it.
public struct MessageView: Sendable {
    /// The message.
    public let message: Message
    /// The author's name, also after the account was deleted.
    public let author: AccountName?
}

extension StoreTransaction {
    /// Messages with their authors' names, looked up once for all of them.
    func views(of messages: [Message]) throws -> [MessageView] {
        let names = try users.names(of: Array(Set(messages.map(\.authorID))))
        return messages.map { MessageView(message: $0, author: names[$0.authorID]) }
    }
}
