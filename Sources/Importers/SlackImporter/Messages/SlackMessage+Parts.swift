internal import ImportDomain
internal import ImporterKit
internal import JSON

extension SlackMessage {
    private enum ReactionField: String, CaseIterable {
        case name, users, count
    }

    private enum ProfileField: String, CaseIterable {
        case name
        case realName = "real_name"
        case displayName = "display_name"
        case isRestricted = "is_restricted"
        case isUltraRestricted = "is_ultra_restricted"
        case isStranger = "is_stranger"
    }

    private enum IconField: String, CaseIterable {
        case emoji
        case image72 = "image_72"
        case image64 = "image_64"
        case image48 = "image_48"
        case image36 = "image_36"
    }

    private static let reactionFields = FieldTable<ReactionField>()
    private static let profileFields = FieldTable<ProfileField>()
    private static let iconFields = FieldTable<IconField>()

    /// Reads reactions; several skin tones of one emoji become one reaction, and each person counts once.
    mutating func readReactions(
        _ reader: inout FieldReader, _ users: UserTable, _ allowance: inout MessageAllowance
    ) throws {
        guard try reader.enterArray() else { return }
        var indices: [ExactString: Int] = [:]
        var known: [Set<ExactString>] = []
        while try reader.nextElement() {
            try allowance.step()
            guard try reader.enterObject() else { continue }
            var name: String?
            var count = 0
            var listed = 0
            var userIDs: [String] = []
            while let field = try reader.nextField(Self.reactionFields) {
                switch field {
                case .name: name = try reader.nonEmptyText()
                case .count: count = min(max(try reader.wholeNumber() ?? 0, 0), 1_000_000)
                case .users:
                    guard try reader.enterArray() else { continue }
                    while try reader.nextElement() {
                        try allowance.step()
                        listed += 1
                        guard userIDs.count < allowance.remaining(.reactingUsers) else {
                            allowance.add(.reactingUsers, leftOut: 1)
                            continue
                        }
                        if let id = try reader.nonEmptyText() { userIDs.append(users.accountID(id)) }
                    }
                }
            }
            unnamedReactions += max(count - listed, 0)
            guard !userIDs.isEmpty else { continue }
            guard let emoji = name.flatMap(Self.emoji(named:)) else {
                unnamedReactions += userIDs.count
                continue
            }
            let index: Int
            if let found = indices[ExactString(emoji)] {
                index = found
            } else {
                guard allowance.take(.reactions) else { continue }
                index = reactions.count
                indices[ExactString(emoji)] = index
                known.append([])
                reactions.append(MessageRecord.Reaction(emoji: emoji, userIDs: []))
            }
            for id in userIDs where known[index].insert(ExactString(id)).inserted {
                reactions[index].userIDs.append(id)
                allowance.add(.reactingUsers, taken: 1)
            }
        }
    }

    /// An emoji's name between one pair of colons, without its skin tone.
    static func emoji(named name: String) -> String? {
        var base = name.utf8[...]
        if base.first == UInt8(ascii: ":") { base.removeFirst() }
        if let colon = base.firstIndex(of: UInt8(ascii: ":")) { base = base[..<colon] }
        return base.isEmpty || base.count > RecordLimits.usernameBytes ? nil : ":\(Substring(base)):"
    }

    /// Reads what Slack noted of an author.
    mutating func readUserProfile(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        var profile = Profile()
        var displayName: String?
        while let field = try reader.nextField(Self.profileFields) {
            switch field {
            case .name: profile.name = try reader.nonEmptyText()
            case .realName: profile.realName = try reader.nonEmptyText()
            case .displayName: displayName = try reader.nonEmptyText()
            case .isRestricted, .isUltraRestricted, .isStranger:
                profile.isGuest = try reader.flag(unreadable: true) || profile.isGuest
            }
        }
        profile.realName = profile.realName ?? displayName
        self.profile = profile
    }

    mutating func readBotProfile(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(Self.profileFields) {
            if field == .name { botName = try reader.nonEmptyText() }
        }
    }

    /// Reads the picture shown in place of the author's; the largest one of those that Slack has.
    mutating func readIcons(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        var best = 0
        while let field = try reader.nextField(Self.iconFields) {
            let size =
                switch field {
                case .emoji: 0
                case .image36: 36
                case .image48: 48
                case .image64: 64
                case .image72: 72
                }
            guard let value = try reader.nonEmptyText()?.trimmedAddress else { continue }
            if field == .emoji {
                iconEmoji = Self.emoji(named: value)
            } else if size > best, value.isWebAddress {
                best = size
                iconURL = value
            }
        }
    }
}
