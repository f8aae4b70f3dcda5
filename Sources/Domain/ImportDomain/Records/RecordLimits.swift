/// The limits of a record, the same in every store.
///
/// Lengths are bytes of UTF-8. Names and ids are indexed: PostgreSQL rejects an index entry beyond about 2,700 bytes,
/// and case folding can triple a name. Texts are bounded because a short id in a text can become a long name.
/// Source: docs/importers.md, "Limits of a record".
public enum RecordLimits {
    /// A username.
    public static let usernameBytes = 255
    /// An import id; `a/b`, the id of a CSV archive's direct room, joins two usernames.
    public static let importIDBytes = 512
    /// An e-mail address.
    public static let addressBytes = 320
    /// A full name or a nickname.
    public static let nameBytes = 512
    /// The name of a room.
    public static let roomNameBytes = 512
    /// A role id.
    public static let roleBytes = 255
    /// A topic, description, biography or status text, after import ids in it became names.
    public static let descriptionBytes = 16 << 10
    /// The URL of an avatar or of a file; `data:` avatars have a limit of their own.
    public static let urlBytes = 16 << 10
    /// The text of a message, after import ids in it became names.
    public static let messageBytes = 1 << 20
    /// The attachments of a message as JSON, after import ids in them became names.
    public static let attachmentBytes = 4 << 20

    /// Custom fields of one user as JSON.
    public static let customFieldsBytes = 64 << 10
    /// The names that one message lists, of people mentioned, reacting and following, as JSON.
    public static let listedNamesBytes = 4 << 20

    /// E-mail addresses of one user.
    public static let addressesPerUser = 100
    /// Import ids of one user or room.
    public static let importIDsPerRecord = 1_000
    /// Participants of one direct room, which are its key.
    public static let participantsPerDirectRoom = 100
    /// Members that one record of a room lists.
    public static let membersPerRoom = 1_000_000
    /// Roles of one user.
    public static let rolesPerUser = 100
    /// Files of one message; each is staged as a separate message.
    public static let filesPerMessage = 1_000
    /// Attachments of one message, including those from its blocks.
    public static let attachmentsPerMessage = 1_000
    /// Blocks that one message or attachment is read from.
    public static let blocksPerMessage = 1_000
    /// People, and rooms, that one message mentions.
    public static let mentionsPerMessage = 10_000
    /// Different emoji with which people reacted to one message.
    public static let reactionsPerMessage = 1_000
    /// People who reacted to one message, over all emoji.
    public static let reactingUsersPerMessage = 100_000
    /// People who follow the thread of one message.
    public static let followersPerMessage = 100_000

    /// The maximum bytes of a staged text after ids in it became names.
    ///
    /// A batch of messages is bounded by its staged bytes, so the growth of its texts must be proportional: except in
    /// hostile texts, names are at most a few times as long as their ids.
    public static func messageBytes(stagedBytes: Int) -> Int {
        min(messageBytes, (16 << 10) + 8 * stagedBytes)
    }

    /// The maximum bytes of a message's attachments after ids in them became names.
    ///
    /// - Parameter stagedBytes: their bytes in the source.
    public static func attachmentBytes(stagedBytes: Int) -> Int {
        min(attachmentBytes, (16 << 10) + 8 * stagedBytes)
    }

    /// The maximum bytes of the listed names of a staged message.
    public static func listedNamesBytes(stagedBytes: Int) -> Int {
        min(listedNamesBytes, (64 << 10) + 16 * stagedBytes)
    }
}
