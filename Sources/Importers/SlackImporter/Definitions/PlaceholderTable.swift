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
        /// When it was told; the latest name counts.
        var time: Int64 = .min
    }

    /// Ids are the export's to choose, and every new one takes memory.
    private static let maximumCount = 500_000

    private var descriptions: [String: Description] = [:]

    /// Notes an author.
    ///
    /// - Returns: false when there are too many already; the message then has to be somebody else's.
    func note(_ id: String, _ description: Description) -> Bool {
        guard let known = descriptions[id] else {
            guard descriptions.count < Self.maximumCount else { return false }
            descriptions[id] = description
            return true
        }
        let isBetter = Self.rank(description) > Self.rank(known)
        if isBetter { descriptions[id] = description }
        descriptions[id]?.isBot = known.isBot || description.isBot
        return true
    }

    /// Stages an account for everybody who was noted and for the members of rooms whom no file describes.
    func settle(
        _ users: UserTable, _ definitions: UserDefinitions, _ output: any ImportOutput, _ log: FindingLog
    ) throws {
        for person in users.people where person.isKnown && !person.isDefined {
            if descriptions[person.id] == nil { descriptions[person.id] = Description() }
        }
        for (id, description) in descriptions.sorted(by: { $0.key < $1.key }) {
            let wanted = description.username ?? description.name.flatMap(Self.username)
            let username = definitions.freeUsername(wanted, id: id)
            try output.stage(
                .user(
                    UserRecord(
                        importIDs: [id], emails: [], username: username, name: description.name, isDeleted: true,
                        roles: description.isBot ? ["bot"] : [], type: description.isBot ? "bot" : "user")))
            try log.report(
                ImportFinding(
                    .warning, .userPlaceholder, field: "user", value: id,
                    message: "The export does not describe this user; a deactivated account \"\(username)\" stands "
                        + "in for it."))
        }
        descriptions = [:]
    }

    private static func rank(_ description: Description) -> (Int, Int64, String, String) {
        let detail = (description.username == nil ? 0 : 2) + (description.name == nil ? 0 : 1)
        return (detail, description.time, description.username ?? "", description.name ?? "")
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
