internal import ImportDomain
internal import ImporterKit

/// The lists of a message that have a limit. Source: docs/importers.md, "Limits of a record".
enum LimitedList: Int, CaseIterable {
    case files, attachedFiles, attachments, attachmentFields, blocks, mentions, reactions, reactingUsers, followers,
        pinnedRooms

    /// How many elements a message may have.
    var limit: Int {
        switch self {
        case .files, .attachedFiles: RecordLimits.filesPerMessage
        case .attachments: RecordLimits.attachmentsPerMessage
        case .attachmentFields: 10_000
        case .blocks: RecordLimits.blocksPerMessage
        case .mentions: RecordLimits.mentionsPerMessage
        case .reactions: RecordLimits.reactionsPerMessage
        case .reactingUsers: RecordLimits.reactingUsersPerMessage
        case .followers: RecordLimits.followersPerMessage
        case .pinnedRooms: 1_000
        }
    }

    /// The field of the export.
    var field: String {
        switch self {
        case .files: "files"
        case .attachedFiles: "attachments[].files"
        case .attachments: "attachments"
        case .attachmentFields: "attachments[].fields"
        case .blocks: "blocks"
        case .mentions: "text"
        case .reactions: "reactions"
        case .reactingUsers: "reactions[].users"
        case .followers: "reply_users"
        case .pinnedRooms: "pinned_to"
        }
    }

    /// What the elements are called in findings.
    var name: String {
        switch self {
        case .files: "files"
        case .attachedFiles: "files of attachments"
        case .attachments: "attachments"
        case .attachmentFields: "fields of attachments"
        case .blocks: "blocks"
        case .mentions: "mentions"
        case .reactions: "reactions"
        case .reactingUsers: "reacting users"
        case .followers: "followers"
        case .pinnedRooms: "rooms it is pinned to"
        }
    }
}
