internal import ImportDomain
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
        case botProfile = "bot_profile"
        case userProfile = "user_profile"
    }

    private static let fields = FieldTable<Field>()

    /// What Slack writes when the message is only in its blocks.
    private static let placeholderText = "This content can't be displayed."

    /// Reads an element into an empty message, which is not copied that way.
    ///
    /// - Parameter users: whoever is in it needs no description from the message.
    /// - Returns: false when the element is no object.
    mutating func read(_ reader: inout JSONReader, users: UserTable) throws -> Bool {
        guard try reader.enterObject() else { return false }
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .type: type = try reader.text()
            case .subtype: subtype = try reader.nonEmptyText()
            case .time: time = try reader.text()
            case .user: try readUser(&reader)
            case .text: text = try reader.text()
            case .blocks: try readBlocks(&reader)
            case .threadTime: threadTime = try reader.text()
            case .replyCount: replyCount = try reader.wholeNumber() ?? 0
            case .replyUsers: for id in try reader.texts() { addReplyUser(id) }
            case .replies: try readReplies(&reader)
            case .edited: try readEdited(&reader)
            case .reactions: try readReactions(&reader)
            case .files: try readFiles(&reader)
            case .file: sharedFile = try SlackFile(&reader)
            case .attachments: try readAttachments(&reader)
            case .pinnedTo: pinnedTo = try reader.texts()
            case .botID: botID = try reader.nonEmptyText()
            case .botProfile: try readBotProfile(&reader)
            case .username: username = try reader.nonEmptyText()
            case .userProfile: try readUserProfile(&reader, users)
            case .icons: try readIcons(&reader)
            case .topic: topic = try reader.text()
            case .purpose: purpose = try reader.text()
            case .name: name = try reader.text()
            case .comment: try readComment(&reader)
            case .room: try readRoom(&reader)
            }
        }
        return true
    }

    private mutating func addReplyUser(_ id: String) {
        if !replyUserIDs.contains(id) { replyUserIDs.append(id) }
    }

    /// A thread has a few people and up to thousands of answers.
    private static let maximumReplyUsers = 1000

    private mutating func readReplies(_ reader: inout JSONReader) throws {
        guard try reader.enterArray() else { return }
        while try reader.nextElement() {
            guard try reader.enterObject() else { continue }
            while let field = try reader.nextField(ByUser.fields) {
                guard field == .user, let id = try reader.nonEmptyText() else { continue }
                if replyUserIDs.count < Self.maximumReplyUsers { addReplyUser(id) }
            }
        }
    }

    /// Some tools write the whole user in place of the id.
    private mutating func readUser(_ reader: inout JSONReader) throws {
        guard try reader.kind() == .object else {
            userID = try reader.nonEmptyText()
            return
        }
        try reader.beginObject()
        while let field = try reader.nextField(ByUser.fields) {
            if field == .id { userID = try reader.nonEmptyText() }
        }
    }

    private mutating func readBlocks(_ reader: inout JSONReader) throws {
        if let text, !text.isEmpty, text != Self.placeholderText { return }
        blockText = BlockText.read(try reader.readValue())
    }

    private mutating func readEdited(_ reader: inout JSONReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(ByUser.fields) {
            switch field {
            case .user: editedBy = try reader.nonEmptyText()
            case .time: editedAt = try reader.text()
            default: continue
            }
        }
    }

    private mutating func readFiles(_ reader: inout JSONReader) throws {
        guard try reader.enterArray() else { return }
        while try reader.nextElement() { files.append(try SlackFile(&reader) ?? SlackFile()) }
    }

    private mutating func readAttachments(_ reader: inout JSONReader) throws {
        guard try reader.enterArray() else { return }
        while try reader.nextElement() {
            if let attachment = try SlackAttachment(&reader) { attachments.append(attachment) }
        }
    }

    private mutating func readComment(_ reader: inout JSONReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(ByUser.fields) {
            switch field {
            case .user: commentAuthorID = try reader.nonEmptyText()
            case .comment: commentText = try reader.text()
            default: continue
            }
        }
    }

    private mutating func readRoom(_ reader: inout JSONReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(ByUser.fields) {
            if field == .createdBy { roomCreatorID = try reader.nonEmptyText() }
        }
    }
}

/// Members that name a person or a moment inside the parts of a message.
enum ByUser: String, CaseIterable {
    case user, id, comment
    case time = "ts"
    case createdBy = "created_by"

    static let fields = FieldTable<ByUser>()
}
