import ImportAPI
import ImportDomain
import WorkspaceServices

extension MessageBody {
    /// A message as the wire shows it.
    init(_ view: MessageView) {
        let message = view.message
        let changedAt = [message.writtenAt, message.editedAt, message.lastReplyAt].compactMap { $0 }.max()
        self.init(
            _id: message.id.rawValue, rid: message.roomID.rawValue, msg: message.text, ts: message.writtenAt.iso8601,
            u: PersonBody(message.authorID, view.author), _updatedAt: (changedAt ?? message.writtenAt).iso8601)
        t = message.systemKind
        tmid = message.threadID?.rawValue
        tshow = message.threadID != nil && message.isShownInRoom ? true : nil
        if message.replyCount > 0 {
            tcount = message.replyCount
            tlm = message.lastReplyAt?.iso8601
        }
        editedAt = message.editedAt?.iso8601
        pinned = message.isPinned ? true : nil
        show(message.details)
    }

    private mutating func show(_ details: MessageDetails) {
        alias = details.alias
        emoji = details.emoji
        avatar = details.avatarURL
        bot = details.isBot ? true : nil
        groupable = details.isGroupable ? nil : false
        editedBy = details.editor.map(PersonBody.init)
        mentions = details.mentions.isEmpty ? nil : details.mentions.map(PersonBody.init)
        channels =
            details.rooms.isEmpty ? nil : details.rooms.map { RoomNameBody(_id: $0.id.rawValue, name: $0.name) }
        if !details.reactions.isEmpty {
            reactions = Dictionary(
                details.reactions.map { ($0.emoji, ReactionBody(usernames: $0.usernames)) }
            ) { first, _ in first }
        }
        replies = details.followers.isEmpty ? nil : details.followers.map(\.rawValue)
        if case .array(let given)? = details.attachments.flatMap(JSONBody.init(text:)) { attachments = given }
        guard let carried = details.file else { return }
        attachments = (attachments ?? []) + [JSONBody.object(Self.attachment(of: carried))]
        if case .stored(let id, let mediaType, _, _) = carried.state {
            file = FileBody(_id: id.rawValue, name: carried.name, type: mediaType)
        }
    }

    /// The attachment for a file, available or not.
    ///
    /// Source: Rocket.Chat's file attachments (`title_link`, `image_url`, `audio_url`, `video_url`).
    private static func attachment(of file: MessageDetails.File) -> [String: JSONBody] {
        var fields: [String: JSONBody] = ["title": .string(file.name), "type": .string("file")]
        switch file.state {
        case .pending: break
        case .linked(let url): fields["title_link"] = .string(url)
        case .unavailable(.notFetched(let reason)):
            fields["text"] = .string("This file could not be fetched: \(reason)")
        case .unavailable(.notExtracted(let reason)):
            fields["text"] = .string("This file could not be taken out of its export: \(reason)")
        case .stored(let id, let mediaType, let sizeBytes, let pixels):
            let link = JSONBody.string(FileRoutes.path(of: id, named: file.name))
            fields["title_link"] = link
            fields["title_link_download"] = .boolean(true)
            let kind = mediaType.prefix { $0 != "/" }
            if ["image", "audio", "video"].contains(kind) {
                fields["\(kind)_url"] = link
                fields["\(kind)_type"] = .string(mediaType)
                fields["\(kind)_size"] = sizeBytes.map(JSONBody.integer)
            }
            if let pixels {
                fields["image_dimensions"] = .object([
                    "width": .integer(pixels.width), "height": .integer(pixels.height),
                ])
            }
        }
        return fields
    }
}

extension PersonBody {
    fileprivate init(_ person: MessageDetails.Person) {
        self.init(_id: person.id.rawValue, username: person.username, name: person.name)
    }
}
