internal import ImporterKit

/// What is known of a room that has messages and no row in `channels.csv`.
struct UnlistedRoom {
    /// The name, in the spelling that sorts first if there are several.
    private(set) var name: String
    /// The numbers of everybody who wrote.
    private(set) var members: Set<UInt32> = []
    /// How many messages it has.
    private(set) var messageCount = 0
    private var firstMilliseconds = Int64.max
    /// The import id of whoever wrote first; of several at one time, the one that sorts first.
    private(set) var firstAuthorID = ""

    init(name: String) {
        self.name = name
    }

    /// Takes note of another spelling of its name.
    mutating func note(name other: String) {
        if other.precedesByBytes(name) { name = other }
    }

    /// Takes note of a message.
    ///
    /// - Returns: whether its author is new to the room.
    mutating func note(author: NamedPerson, milliseconds: Int64) -> Bool {
        messageCount += 1
        let isEarlier =
            milliseconds < firstMilliseconds
            || (milliseconds == firstMilliseconds
                && author.importID.precedesByBytes(firstAuthorID))
        if isEarlier {
            firstMilliseconds = milliseconds
            firstAuthorID = author.importID
        }
        return members.insert(author.number).inserted
    }
}
