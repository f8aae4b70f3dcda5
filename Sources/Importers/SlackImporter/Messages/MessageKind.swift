/// What becomes of a message of one subtype. Source: docs/importers/slack.md, "Messages".
enum MessageKind: Equatable {
    /// A text, with files and attachments if it has any.
    case text
    /// An answer in a thread that the room sees as well.
    case broadcast
    /// A text that says what its author does.
    case action
    /// A program's text.
    case bot
    /// Somebody came or went: a system message whose text is the username.
    case membership(String)
    /// A system message whose text is one of the message's members.
    case room(String, text: RoomText)
    /// A system message that quotes what was pinned.
    case pinned
    case fileShare
    case fileComment
    /// What is left of a message that was deleted and has answers.
    case tombstone
    /// A message that Slack does not hand out.
    case withheld
    /// A call, which matters if people wrote in its thread.
    case huddle
    /// Left out by rule.
    case ignored
    /// A subtype that the rules do not name.
    case unknown

    /// Where the text of a system message stands.
    enum RoomText: Equatable {
        case topic
        case purpose
        case name
        case fixed(String)
    }

    /// What becomes of a message; `ignored` if nothing. A function, because an initializer would copy the message.
    static func kind(of message: SlackMessage) -> MessageKind {
        var kind = MessageKind(subtype: message.subtype)
        if kind == .unknown { kind = message.text?.isEmpty == false || message.hasParts ? .text : .ignored }
        if kind == .huddle, !message.hasReplies, message.files.isEmpty, message.attachments.isEmpty { kind = .ignored }
        return kind
    }

    /// What the rules say of a subtype.
    private init(subtype: String?) {
        guard let subtype else {
            self = .text
            return
        }
        self =
            switch subtype {
            case "thread_broadcast", "reply_broadcast": .broadcast
            case "me_message": .action
            case "bot_message", "slackbot_response": .bot
            case "channel_join", "group_join": .membership("uj")
            case "channel_leave", "group_leave": .membership("ul")
            case "channel_topic", "group_topic": .room("room_changed_topic", text: .topic)
            case "channel_purpose", "group_purpose": .room("room_changed_description", text: .purpose)
            case "channel_name", "group_name": .room("r", text: .name)
            case "channel_archive", "group_archive": .room("room-archived", text: .fixed(""))
            case "channel_unarchive", "group_unarchive": .room("room-unarchived", text: .fixed(""))
            case "channel_convert_to_private": .room("room_changed_privacy", text: .fixed("private"))
            case "channel_convert_to_public": .room("room_changed_privacy", text: .fixed("public"))
            case "pinned_item": .pinned
            case "file_share": .fileShare
            case "file_comment": .fileComment
            case "tombstone": .tombstone
            case "ekm_access_denied": .withheld
            case "huddle_thread", "sh_room_created", "sh_room_shared": .huddle
            case "file_mention", "bot_add", "bot_remove", "bot_enable", "bot_disable", "reminder_add",
                "app_conversation_join", "channel_posting_permissions", "document_mention", "channel_canvas_updated",
                "assistant_app_thread":
                .ignored
            default: subtype.hasPrefix("joiner_notification") ? .ignored : .unknown
            }
    }
}
