internal import ImportDomain
internal import ImporterKit
internal import JSON

/// An element of a message file, with the fields that an import uses.
struct SlackMessage {
    /// Somebody as a message describes its author.
    struct Profile {
        var name: String?
        var realName: String?
        /// Whether they see only the rooms of which they are a member.
        var isGuest = false
    }

    private(set) var type: String?
    private(set) var subtype: String?
    private(set) var time: String?
    private(set) var userID: String?
    private(set) var text: String?
    /// What the blocks say, in Slack's markup; empty if a person's text says it already.
    private(set) var blockText = ""
    var threadTime: String?
    private(set) var replyCount = 0
    /// Ids of those who answered, each once.
    private(set) var replyUserIDs: [String] = []
    private(set) var editedBy: String?
    private(set) var editedAt: String?
    private(set) var reactions: [MessageRecord.Reaction] = []
    /// How many reactions are by people that the export does not name.
    private(set) var unnamedReactions = 0
    /// The files of the message, then those of its attachments and blocks.
    private(set) var files: [SlackFile] = []
    /// The one file of an old-style share.
    private(set) var sharedFile: SlackFile?
    private(set) var attachments: [SlackAttachment] = []
    private(set) var pinnedTo: [String] = []
    private(set) var botID: String?
    private(set) var botName: String?
    private(set) var username: String?
    private(set) var profile: Profile?
    private(set) var iconEmoji: String?
    private(set) var iconURL: String?
    /// The new topic, purpose or name that a system message tells of.
    private(set) var topic: String?
    private(set) var purpose: String?
    private(set) var name: String?
    private(set) var commentAuthorID: String?
    private(set) var commentText: String?
    private(set) var roomCreatorID: String?
    /// What was left out while reading.
    private(set) var allowance = MessageAllowance()
    /// The answers that slackdump writes into the message that their thread hangs from: a reader at the start of their
    /// array, valid as long as the bytes of the message. There can be millions, so they are read one at a time.
    var nestedReplies: FieldReader?

    /// Whether others answer in a thread under it.
    var hasReplies: Bool { replyCount > 0 || !replyUserIDs.isEmpty }

    /// Whether anything besides its text is in it.
    var hasParts: Bool { !blockText.isEmpty || !files.isEmpty || sharedFile != nil || !attachments.isEmpty }

    /// What Slack writes when the message is only in its blocks.
    private static let placeholderText = "This content can't be displayed."

    private enum Field: String, CaseIterable {
        case type, subtype, user, text, blocks, replies, edited, reactions, files, file, attachments, username, icons
        case topic, purpose, name, comment, room
        case time = "ts"
        case threadTime = "thread_ts"
        case replyCount = "reply_count"
        case replyUsers = "reply_users"
        case pinnedTo = "pinned_to"
        case botID = "bot_id"
        case appID = "app_id"
        case botProfile = "bot_profile"
        case userProfile = "user_profile"
        case nestedReplies = "slackdump_thread_replies"
    }

    private static let fields = FieldTable<Field>()

    /// Reads an element into an empty message, which is not copied that way.
    ///
    /// The order of the fields does not matter. Lists are read up to the limits of a record; the rest is skipped and
    /// counted.
    ///
    /// - Parameters:
    ///   - people: a person who is in it needs no description from the message.
    ///   - checkpoint: called every few hundred elements of a list; throws when reading is cancelled.
    /// - Returns: false when the element is not an object.
    mutating func read(
        _ reader: inout FieldReader, people: SlackPeople, checkpoint: @escaping () throws -> Void = {}
    ) throws -> Bool {
        guard try reader.enterObject() else { return false }
        var allowance = MessageAllowance(checkpoint: checkpoint)
        var blocks: FieldReader?
        var isFromProgram = false
        var followers = Followers()
        var repliers = Followers()
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .type: type = try Self.readType(&reader)
            case .subtype: subtype = try reader.nonEmptyText()
            case .time: time = try reader.time()
            case .user: userID = try Self.readUser(&reader)
            case .text: text = try reader.text()
            case .blocks: blocks = try reader.readLater()
            case .threadTime: threadTime = try reader.time()
            case .replyCount: replyCount = try reader.wholeNumber() ?? 0
            case .replyUsers: try followers.read(&reader, &allowance)
            case .replies: try repliers.readReplies(&reader, &allowance)
            case .edited: try readEdited(&reader)
            case .reactions: try readReactions(&reader, people, &allowance)
            case .files: files = try SlackFile.readList(&reader, .files, &allowance) + files
            case .file: sharedFile = try SlackFile(&reader)
            case .attachments: try SlackAttachment.readList(&reader, into: &attachments, &allowance)
            case .pinnedTo: try readPinnedRooms(&reader, &allowance)
            case .botID: botID = try reader.nonEmptyText()
            case .appID: isFromProgram = try reader.nonEmptyText() != nil || isFromProgram
            case .botProfile: try readBotProfile(&reader)
            case .username: username = try reader.nonEmptyText()
            case .userProfile: try readUserProfile(&reader)
            case .icons: try readIcons(&reader)
            case .topic: topic = try reader.text()
            case .purpose: purpose = try reader.text()
            case .name: name = try reader.text()
            case .comment: try readComment(&reader)
            case .room: try readRoom(&reader)
            case .nestedReplies:
                let start = reader
                if try reader.enterArray() {
                    nestedReplies = start
                    while try reader.nextElement() {}
                }
            }
        }
        followers.add(repliers, &allowance)
        replyUserIDs = followers.ids
        if let blocks, subtype != "file_comment" {
            isFromProgram = isFromProgram || botID != nil || subtype == "bot_message"
            try readBlocks(blocks, isFromProgram: isFromProgram, &allowance)
        }
        placeSharedFile(&allowance)
        for attachment in attachments { addFiles(attachment.files, &allowance) }
        self.allowance = allowance
        return true
    }

    /// People who follow a thread, each once.
    private struct Followers {
        private(set) var ids: [String] = []
        private var known: Set<ExactString> = []

        mutating func read(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws {
            guard try reader.enterArray() else { return }
            while try reader.nextElement() {
                try allowance.step()
                if let id = try reader.nonEmptyText() { add(id, &allowance) }
            }
        }

        mutating func readReplies(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws {
            guard try reader.enterArray() else { return }
            while try reader.nextElement() {
                try allowance.step()
                guard try reader.enterObject() else { continue }
                while let field = try reader.nextField(ReferenceField.fields) {
                    if field == .user, let id = try reader.nonEmptyText() { add(id, &allowance) }
                }
            }
        }

        mutating func add(_ others: Followers, _ allowance: inout MessageAllowance) {
            if ids.isEmpty {
                self = others
            } else {
                for id in others.ids { add(id, &allowance) }
            }
        }

        private mutating func add(_ id: String, _ allowance: inout MessageAllowance) {
            guard !known.contains(ExactString(id)) else { return }
            guard ids.count < RecordLimits.followersPerMessage else {
                allowance.add(.followers, leftOut: 1)
                return
            }
            known.insert(ExactString(id))
            ids.append(id)
        }
    }

    /// A type is a word. A number or an empty string says nothing, and the message stays.
    private static func readType(_ reader: inout FieldReader) throws -> String? {
        guard try reader.kind() == .number else { return try reader.nonEmptyText() }
        reader.note(.number, .text)
        try reader.skipValue()
        return nil
    }

    /// Some tools write the whole user in place of the id.
    private static func readUser(_ reader: inout FieldReader) throws -> String? {
        guard try reader.kind() == .object else { return try reader.nonEmptyText() }
        try reader.beginObject()
        var id: String?
        while let field = try reader.nextField(ReferenceField.fields) {
            if field == .id { id = try reader.nonEmptyText() }
        }
        return id
    }

    /// Reads the blocks once everything else is known: a person's text says what their blocks say, a program's does not.
    private mutating func readBlocks(
        _ reader: FieldReader, isFromProgram: Bool, _ allowance: inout MessageAllowance
    ) throws {
        if !isFromProgram, let text, !text.isEmpty, text != Self.placeholderText {
            var blocks = reader
            if try BlockText.areRichText(&blocks, &allowance) { return }
        }
        var blocks = reader
        let content = try BlockText.read(&blocks, &allowance)
        blockText = content.text
        addFiles(content.files, &allowance)
    }

    /// Exports of 2018 have the file of a share twice, alone and in the list. Before, messages of other kinds have a
    /// file alone, too; a comment on a file and a mention of one only repeat it.
    private mutating func placeSharedFile(_ allowance: inout MessageAllowance) {
        guard let file = sharedFile, subtype != "file_comment", subtype != "file_mention" else { return }
        if subtype == "file_share", files.isEmpty { return }
        sharedFile = nil
        if let id = file.id.map(ExactString.init),
            let index = files.firstIndex(where: { $0.id.map(ExactString.init) == id })
        {
            files[index].comment = files[index].comment ?? file.comment
        } else {
            addFiles([file], &allowance)
        }
    }

    /// Adds files that are not among those of the message.
    private mutating func addFiles(_ others: [SlackFile], _ allowance: inout MessageAllowance) {
        guard !others.isEmpty else { return }
        var known = Set((files + [sharedFile].compactMap { $0 }).compactMap { $0.id.map(ExactString.init) })
        for file in others {
            if let id = file.id, !known.insert(ExactString(id)).inserted { continue }
            if files.count < RecordLimits.filesPerMessage {
                files.append(file)
            } else {
                allowance.add(.files, leftOut: 1)
            }
        }
    }

    private mutating func readEdited(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(ReferenceField.fields) {
            switch field {
            case .user: editedBy = try Self.readUser(&reader)
            case .time: editedAt = try reader.time()
            default: continue
            }
        }
    }

    private mutating func readPinnedRooms(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws {
        guard try reader.enterArray() else { return }
        while try reader.nextElement() {
            try allowance.step()
            guard allowance.take(.pinnedRooms), let id = try reader.nonEmptyText() else { continue }
            pinnedTo.append(id)
        }
    }

    private mutating func readComment(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(ReferenceField.fields) {
            switch field {
            case .user: commentAuthorID = try reader.nonEmptyText()
            case .comment: commentText = try reader.text()
            default: continue
            }
        }
    }

    private mutating func readRoom(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(ReferenceField.fields) {
            if field == .createdBy { roomCreatorID = try reader.nonEmptyText() }
        }
    }

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
    private mutating func readReactions(
        _ reader: inout FieldReader, _ people: SlackPeople, _ allowance: inout MessageAllowance
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
                        if let id = try reader.nonEmptyText() { userIDs.append(people.accountID(id)) }
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
    private mutating func readUserProfile(_ reader: inout FieldReader) throws {
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

    private mutating func readBotProfile(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(Self.profileFields) {
            if field == .name { botName = try reader.nonEmptyText() }
        }
    }

    /// Reads the image shown in place of the author's avatar; the largest one that Slack has.
    private mutating func readIcons(_ reader: inout FieldReader) throws {
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

    /// A text and what blocks say, in Slack's markup: one of them if it says all that the other says, else both.
    static func joined(_ text: String?, _ blockText: String) -> String {
        guard let text, !text.isEmpty else { return blockText }
        if blockText.isEmpty || text == blockText { return text }
        if text == placeholderText { return blockText }
        // What is beyond the limit of a text is left out anyway, so there is no need to compare it.
        guard text.utf8.count + blockText.utf8.count <= RecordLimits.messageBytes * 2 else {
            return "\(text)\n\(blockText)"
        }
        let (words, blockWords) = (MarkupWords(text), MarkupWords(blockText))
        if words.contains(blockWords) { return text }
        return blockWords.contains(words) ? blockText : "\(text)\n\(blockText)"
    }
}
