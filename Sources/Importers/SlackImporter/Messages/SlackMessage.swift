internal import ImportDomain

/// An element of a message file, with the members that an import uses.
struct SlackMessage {
    /// Somebody as a message describes its author.
    struct Profile {
        var name: String?
        var realName: String?
    }

    var type: String?
    var subtype: String?
    var time: String?
    var userID: String?
    var text: String?
    /// What the blocks say, in Slack's markup; read only when the text does not say it.
    var blockText: String?
    var threadTime: String?
    var replyCount = 0
    /// Ids of those who answered, each once.
    var replyUserIDs: [String] = []
    var editedBy: String?
    var editedAt: String?
    var reactions: [MessageRecord.Reaction] = []
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

    /// Whether others answer in a thread under it.
    var hasReplies: Bool { replyCount > 0 || !replyUserIDs.isEmpty }
}
