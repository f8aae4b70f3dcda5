internal import ImportDomain
internal import ImporterKit
internal import JSON

extension SlackMessage {
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
    ///   - users: a person who is in it needs no description from the message.
    ///   - checkpoint: called every few hundred elements of a list; throws when reading is cancelled.
    /// - Returns: false when the element is not an object.
    mutating func read(
        _ reader: inout FieldReader, users: UserTable, checkpoint: @escaping () throws -> Void = {}
    ) throws -> Bool {
        guard try reader.enterObject() else { return false }
        var allowance = MessageAllowance(checkpoint: checkpoint)
        var blocks: FieldReader?
        var isFromProgram = false
        var followers = Followers()
        var repliers = Followers()
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .type: type = try reader.text()
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
            case .reactions: try readReactions(&reader, users, &allowance)
            case .files: try readFiles(&reader, &allowance)
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
        settleSharedFile(&allowance)
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
                while let field = try reader.nextField(ByUser.fields) {
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

    /// Some tools write the whole user in place of the id.
    private static func readUser(_ reader: inout FieldReader) throws -> String? {
        guard try reader.kind() == .object else { return try reader.nonEmptyText() }
        try reader.beginObject()
        var id: String?
        while let field = try reader.nextField(ByUser.fields) {
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
    private mutating func settleSharedFile(_ allowance: inout MessageAllowance) {
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
        while let field = try reader.nextField(ByUser.fields) {
            switch field {
            case .user: editedBy = try Self.readUser(&reader)
            case .time: editedAt = try reader.time()
            default: continue
            }
        }
    }

    /// Reads the files, or a single one; one that is not an object is a file of which nothing is known.
    private mutating func readFiles(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws {
        if try reader.kind() == .object {
            if allowance.take(.files), let file = try SlackFile(&reader) { files.append(file) }
            return
        }
        guard try reader.enterArray() else { return }
        var own: [SlackFile] = []
        while try reader.nextElement() {
            try allowance.step()
            if allowance.take(.files) { own.append(try SlackFile(&reader) ?? SlackFile()) }
        }
        files = own + files
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
        while let field = try reader.nextField(ByUser.fields) {
            switch field {
            case .user: commentAuthorID = try reader.nonEmptyText()
            case .comment: commentText = try reader.text()
            default: continue
            }
        }
    }

    private mutating func readRoom(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(ByUser.fields) {
            if field == .createdBy { roomCreatorID = try reader.nonEmptyText() }
        }
    }
}

/// Fields that name a person or a time inside the parts of a message.
enum ByUser: String, CaseIterable {
    case user, id, comment
    case time = "ts"
    case createdBy = "created_by"

    static let fields = FieldTable<ByUser>()
}
