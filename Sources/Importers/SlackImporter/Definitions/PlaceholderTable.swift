internal import ImportDomain

/// The people and programs that messages and rooms name and no file describes; each becomes a deactivated account, so
/// that what they wrote is not lost.
///
/// They are staged when everything is read, because what is best known of them must not depend on which message comes
/// first.
final class PlaceholderTable {
    /// What a message tells of its author.
    struct Description {
        var username: String?
        var name: String?
        var isBot = false
        /// Whether they see only the rooms of which they are a member.
        var isGuest = false
        /// When it was told; the latest name counts.
        var time: Int64 = .min
    }

    /// Ids are the export's to choose, and every new one takes memory.
    private let allowance: Allowance
    private var descriptions: [ExactString: Description] = [:]

    init(allowance: Allowance) { self.allowance = allowance }

    /// Notes an author.
    ///
    /// - Returns: false when there are too many already, or the id is beyond its limit; the message then has to be
    ///   somebody else's.
    func note(_ id: String, _ given: Description) -> Bool {
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

    /// Marks everybody who was noted as known to `users`, so that texts can mention them.
    func introduce(to users: UserTable) {
        for (id, description) in descriptions {
            users.addUndescribed(id.text, username: description.username ?? description.name)
        }
    }

    /// Stages an account for everybody who was noted and for the members of rooms whom no file describes.
    func settle(
        _ users: UserTable, _ definitions: UserDefinitions, _ output: any ImportOutput, _ log: FindingLog
    ) throws {
        for person in users.people where person.isKnown && !person.isDefined {
            let key = ExactString(person.id)
            if descriptions[key] == nil { descriptions[key] = Description() }
        }
        let sorted = descriptions.sorted { $0.key.text.precedesByBytes($1.key.text) }
        for (index, (key, description)) in sorted.enumerated() {
            if index.isMultiple(of: 1024) { try output.checkCancellation() }
            let id = key.text
            let wanted = description.username ?? description.name.flatMap(Self.username)
            let username = definitions.freeUsername(wanted, id: id)
            users.addUndescribed(id, username: username)
            try output.stage(
                .user(
                    UserRecord(
                        importIDs: [id], emails: [], username: username, name: description.name, isDeleted: true,
                        roles: description.isGuest ? ["guest"] : description.isBot ? ["bot"] : [],
                        isMatchedByUsername: false, type: description.isBot ? "bot" : "user")))
            try log.report(
                ImportFinding(
                    .warning, .userPlaceholder, field: "user", value: id,
                    message:
                        "The export does not describe this user. A deactivated account of its own stands in for it, "
                        + "called \"\(username)\" if that username is free."))
        }
        descriptions = [:]
    }

    /// Names without white space at their ends, cut at their limits.
    private static func bounded(_ given: Description) -> Description {
        var description = given
        description.username = given.username?.trimmedIfNotBlank?.prefix(maximumBytes: RecordLimits.usernameBytes)
        description.name = given.name?.trimmedIfNotBlank?.prefix(maximumBytes: RecordLimits.nameBytes)
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

    /// A username made of what a program is called; nil when nothing of the name can be in one.
    private static func username(_ name: String) -> String? {
        var username = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): username.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                username.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "), UInt8(ascii: "."):
                if !username.isEmpty, username.last != "." { username += "." }
            default: break
            }
        }
        while username.last == "." { username.removeLast() }
        return username.isEmpty ? nil : username
    }
}
