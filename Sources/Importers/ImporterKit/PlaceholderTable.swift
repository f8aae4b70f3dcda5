internal import ImportDomain

/// The people and programs that messages and rooms name and no file describes; each becomes a deactivated account, so
/// that what they wrote is not lost.
///
/// They are staged when everything is read, because what is best known of them must not depend on which message comes
/// first.
public final class PlaceholderTable {
    /// What a message tells of its author.
    public struct Description {
        /// The username in the source.
        public var username: String?
        /// The name in the source.
        public var name: String?
        /// Whether it is a program.
        public var isBot: Bool
        /// Whether they see only the rooms of which they are a member.
        public var isGuest: Bool
        /// When it was told; the latest name counts.
        public var time: Int64

        /// A description; nothing need be known.
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

    /// Ids are the export's to choose, and every new one takes memory.
    private let allowance: Allowance
    private var descriptions: [ExactString: Description] = [:]

    /// A table that takes no more memory than allowed.
    public init(allowance: Allowance) { self.allowance = allowance }

    /// Notes an author.
    ///
    /// - Returns: false when there are too many already, or the id is beyond its limit; the message then has to be
    ///   somebody else's.
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

    /// Calls `body` for everybody who was noted, with the id and what they are called.
    public func forEach(_ body: (_ id: String, _ name: String?) -> Void) {
        for (id, description) in descriptions { body(id.text, description.username ?? description.name) }
    }

    /// Stages an account for everybody who was noted, in the order of their ids.
    ///
    /// - Parameters:
    ///   - others: ids of more people who need an account, of whom nothing is known.
    ///   - freeUsername: a username that nobody else has, for an id and the wanted one.
    public func settle(
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
                        type: description.isBot ? "bot" : "user")))
            try sink.report(
                ImportFinding(
                    .warning, .userPlaceholder, field: "user", value: id,
                    message: "The export does not describe this user; a deactivated account \"\(username)\" stands "
                        + "in for it."))
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
