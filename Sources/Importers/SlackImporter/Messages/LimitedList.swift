internal import ImportDomain
internal import ImporterKit

/// The lists of a message that have a limit. Source: docs/importers.md, "Limits of a record".
enum LimitedList: Int, CaseIterable {
    case files, attachedFiles, attachments, attachmentFields, blocks, mentions, reactions, reactingUsers, followers,
        pinnedRooms

    /// How many elements a message may have.
    var limit: Int { values.limit }
    /// The field of the export.
    var field: String { values.field }
    /// What the elements are called in findings.
    var name: String { values.name }

    private var values: (limit: Int, field: String, name: String) {
        switch self {
        case .files: (RecordLimits.filesPerMessage, "files", "files")
        case .attachedFiles: (RecordLimits.filesPerMessage, "attachments[].files", "files of attachments")
        case .attachments: (RecordLimits.attachmentsPerMessage, "attachments", "attachments")
        case .attachmentFields: (10_000, "attachments[].fields", "fields of attachments")
        case .blocks: (RecordLimits.blocksPerMessage, "blocks", "blocks")
        case .mentions: (RecordLimits.mentionsPerMessage, "text", "mentions")
        case .reactions: (RecordLimits.reactionsPerMessage, "reactions", "reactions")
        case .reactingUsers: (RecordLimits.reactingUsersPerMessage, "reactions[].users", "reacting users")
        case .followers: (RecordLimits.followersPerMessage, "reply_users", "followers")
        case .pinnedRooms: (1_000, "pinned_to", "rooms it is pinned to")
        }
    }
}
