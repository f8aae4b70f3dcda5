internal import ImportDomain

/// The people and programs that messages and rooms name and no file describes. Each becomes a deactivated account, so
/// that their messages are not lost.
///
/// They are staged after all messages are read, so that the order of messages does not decide their names.
public final class PlaceholderTable {
    /// What a message says about its author.
    public struct Description {
        /// The username in the source.
        public var username: String?
        /// The name in the source.
        public var name: String?
        /// Whether the author is a program.
        public var isBot: Bool
        /// Whether they see only the rooms of which they are a member.
        public var isGuest: Bool
        /// The time of the message; the latest name counts.
        public var time: Int64

        /// A description; every part is optional.
        public init(
            username: String? = nil, name: String? = nil, isBot: Bool = false, isGuest: Bool = false,
            time: Int64 = .min
        ) {
            self.username = username
            self.name = name
            self.isBot = isBot
            self.isGuest = isGuest
            self.time = time
        }
    }

    /// The export chooses the ids, and each new one takes memory.
    private let allowance: Allowance
    private var descriptions: [ExactString: Description] = [:]

    /// A table that takes no more memory than allowed.
    public init(allowance: Allowance) { self.allowance = allowance }

    /// Notes an author.
    ///
    /// - Returns: false if the allowance is used up or the id is too long. The message then needs another author.
    public func note(_ id: String, _ given: Description) -> Bool {
        let key = ExactString(id)
        guard let known = descriptions[key] else {
            guard id.utf8.count <= RecordLimits.importIDBytes else {
                allowance.refuse()
                return false
            }
            // Names of usual length are counted from the start, because better ones may follow.
            guard allowance.take(512 + 2 * id.utf8.count) else { return false }
            descriptions[key] = Self.bounded(given)
            return true
        }
        let description = Self.bounded(given)
        if Self.isBetter(description, than: known) { descriptions[key] = description }
        descriptions[key]?.isBot = known.isBot || description.isBot
        descriptions[key]?.isGuest = known.isGuest || description.isGuest
        return true
    }

    /// Calls `body` with the id and name of each author.
    public func forEach(_ body: (_ id: String, _ name: String?) -> Void) {
        for (id, description) in descriptions { body(id.text, description.username ?? description.name) }
    }

    /// Stages an account for each author, in the order of their ids.
    ///
    /// - Parameters:
    ///   - others: ids of further people who need an account and of whom only the id is known.
    ///   - freeUsername: returns a unique username for an id and the wanted username.
    public func stage(
        others: [String] = [], into sink: RecordSink, freeUsername: (_ id: String, _ wanted: String?) -> String
    ) throws {
        for id in others where descriptions[ExactString(id)] == nil { descriptions[ExactString(id)] = Description() }
        let sorted = descriptions.sorted { $0.key.text.precedesByBytes($1.key.text) }
        for (index, (key, description)) in sorted.enumerated() {
            if index.isMultiple(of: 1024) { try sink.output.checkCancellation() }
            let id = key.text
            let slug = description.name.map(Slug.username)
            let username = freeUsername(id, description.username ?? slug.flatMap { $0.isEmpty ? nil : $0 })
            try sink.stage(
                .user(
                    UserRecord(
                        importIDs: [id], emails: [], username: username, name: description.name, isDeleted: true,
                        roles: description.isGuest ? ["guest"] : description.isBot ? ["bot"] : [],
                        isMatchedByUsername: false, type: description.isBot ? "bot" : "user")))
            try sink.report(
                .warning, .userPlaceholder, field: "user", value: id,
                "The export does not describe this user. A deactivated account of its own stands in for it, "
                    + "called \"\(username)\" if that username is free.")
        }
        descriptions = [:]
    }

    /// Names without white space at their ends, cut at their limits.
    private static func bounded(_ given: Description) -> Description {
        var description = given
        description.username = given.username?.trimmedIfNotBlank?.clipped(toBytes: RecordLimits.usernameBytes)
        description.name = given.name?.trimmedIfNotBlank?.clipped(toBytes: RecordLimits.nameBytes)
        return description
    }

    private static func isBetter(_ first: Description, than second: Description) -> Bool {
        func detail(_ description: Description) -> Int {
            (description.username == nil ? 0 : 2) + (description.name == nil ? 0 : 1)
        }
        if detail(first) != detail(second) { return detail(first) > detail(second) }
        if first.time != second.time { return first.time > second.time }
        if let one = first.username, let other = second.username, one != other { return other.precedesByBytes(one) }
        return (second.name ?? "").precedesByBytes(first.name ?? "")
    }
}
