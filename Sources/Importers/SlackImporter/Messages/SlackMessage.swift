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

    var type: String?
    var subtype: String?
    var time: String?
    var userID: String?
    var text: String?
    /// What the blocks say, in Slack's markup; empty if a person's text says it already.
    var blockText = ""
    var threadTime: String?
    var replyCount = 0
    /// Ids of those who answered, each once.
    var replyUserIDs: [String] = []
    var editedBy: String?
    var editedAt: String?
    var reactions: [MessageRecord.Reaction] = []
    /// How many people reacted whom the export does not name.
    var unnamedReactions = 0
    /// The files of the message, then those of its attachments and blocks.
    var files: [SlackFile] = []
    /// The one file of an old-style share.
    var sharedFile: SlackFile?
    var attachments: [SlackAttachment] = []
    var pinnedTo: [String] = []
    var botID: String?
    var botName: String?
    var username: String?
    var profile: Profile?
    var iconEmoji: String?
    var iconURL: String?
    /// The new topic, purpose or name that a system message tells of.
    var topic: String?
    var purpose: String?
    var name: String?
    var commentAuthorID: String?
    var commentText: String?
    var roomCreatorID: String?
    /// What was left out while reading.
    var allowance = MessageAllowance()
    /// The answers that slackdump writes into the message that their thread hangs from: a reader at the start of their
    /// array, valid as long as the bytes of the message. There can be millions, so they are read one at a time.
    var nestedReplies: FieldReader?

    /// Whether others answer in a thread under it.
    var hasReplies: Bool { replyCount > 0 || !replyUserIDs.isEmpty }

    /// Whether anything besides its text is in it.
    var hasParts: Bool { !blockText.isEmpty || !files.isEmpty || sharedFile != nil || !attachments.isEmpty }

    /// What Slack writes when the message is only in its blocks.
    static let placeholderText = "This content can't be displayed."
}
