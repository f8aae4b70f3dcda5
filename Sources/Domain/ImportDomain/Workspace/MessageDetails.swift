/// What clients show of a message beside its text.
///
/// Source: docs/importers.md, "What becomes of a message"; docs/decisions/0017-message-details.md.
public struct MessageDetails: Equatable, Sendable {
    /// A person that the message references, with the names at the time of the import.
    public struct Person: Equatable, Sendable {
        /// The account's id; `all` and `here` for everybody.
        public var id: UserID
        /// The username.
        public var username: String
        /// The full name.
        public var name: String?

        /// Creates a person.
        public init(id: UserID, username: String, name: String? = nil) {
            self.id = id
            self.username = username
            self.name = name
        }
    }

    /// A room that the message names.
    public struct NamedRoom: Equatable, Sendable {
        /// The room's id.
        public var id: RoomID
        /// The room's name.
        public var name: String

        /// Creates a room.
        public init(id: RoomID, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// One emoji and the people who chose it.
    public struct Reaction: Equatable, Sendable {
        /// The emoji between colons, such as `:smile:`.
        public var emoji: String
        /// Usernames of the people.
        public var usernames: [String]

        /// Creates a reaction.
        public init(emoji: String, usernames: [String]) {
            self.emoji = emoji
            self.usernames = usernames
        }
    }

    /// The file that the message carries.
    public struct File: Equatable, Sendable {
        /// The state of the file.
        public enum State: Equatable, Sendable {
            /// It can be fetched.
            case pending
            /// It stays at a third party, at a URL that clients may follow.
            case linked(url: String)
            /// It could not be fetched.
            case unavailable(Unavailability)
            /// The workspace has it. The size is unknown only for files that an earlier release fetched.
            case stored(FileID, mediaType: String, sizeBytes: Int?, pixels: PixelSize?)
        }

        /// The display name; never a path.
        public var name: String
        /// The state of the file.
        public var state: State

        /// Creates a file.
        public init(name: String, state: State) {
            self.name = name
            self.state = state
        }
    }

    /// Why a file is unavailable.
    public enum Unavailability: Equatable, Sendable {
        /// It could not be fetched.
        case notFetched(reason: String)
        /// It could not be extracted from its export.
        case notExtracted(reason: String)
    }

    /// The name shown instead of the author's.
    public var alias: String?
    /// An emoji `:name:` shown instead of the author's avatar.
    public var emoji: String?
    /// The address of an image shown instead of the author's avatar.
    public var avatarURL: String?
    /// Whether a program wrote it.
    public var isBot = false
    /// False if clients must not draw it together with the message before it.
    public var isGroupable = true
    /// The person who edited it last.
    public var editor: Person?
    /// The people whom it mentions.
    public var mentions: [Person] = []
    /// The rooms that it names.
    public var rooms: [NamedRoom] = []
    /// Reactions in the order of the source.
    public var reactions: [Reaction] = []
    /// The source's attachments without the file, as a JSON array; only clients interpret it.
    public var attachments: String?
    /// The file that it carries.
    public var file: File?
    /// The accounts that follow the thread which starts here, each once.
    public private(set) var followers: [UserID] = []

    /// No details.
    public init() {}

    /// Appends followers of the thread.
    public mutating func addFollowers(_ users: [UserID]) {
        var present = Set(followers)
        followers += users.filter { present.insert($0).inserted }
    }

    /// Removes followers of the thread.
    public mutating func removeFollowers(_ users: Set<UserID>) { followers.removeAll(where: users.contains) }

    /// Attaches a stored file, under the name in the message.
    public mutating func attach(_ stored: StoredFile) {
        file = File(
            name: file?.name ?? stored.name,
            state: .stored(
                stored.id, mediaType: stored.mediaType, sizeBytes: stored.sizeBytes, pixels: stored.pixels))
    }

    /// Records why the file is unavailable.
    ///
    /// - Parameter name: the file's name, for a message that does not name its file yet.
    public mutating func noteUnavailable(_ reason: Unavailability, fileNamed name: String) {
        file = File(name: file?.name ?? name, state: .unavailable(reason))
    }

    /// Whether the workspace has the file.
    public var showsFile: Bool { if case .stored = file?.state { true } else { false } }

    /// These newer details, with what the workspace added to the older ones: followers and the state of the file.
    public func merged(into held: MessageDetails) -> MessageDetails {
        var merged = self
        merged.followers = held.followers
        merged.addFollowers(followers)
        if held.showsFile {
            merged.file = held.file
        } else if case .unavailable = held.file?.state, file?.state == .pending, file?.name == held.file?.name {
            merged.file = held.file
        }
        return merged
    }

    /// Every string in a fixed order, to compare and measure details.
    public var strings: [String] {
        var strings = [alias ?? "", emoji ?? "", avatarURL ?? "", isBot ? "bot" : "", isGroupable ? "" : "alone"]
        for person in [editor].compactMap({ $0 }) + mentions {
            strings += [person.id.rawValue, person.username, person.name ?? ""]
        }
        for room in rooms { strings += [room.id.rawValue, room.name] }
        for reaction in reactions { strings += [reaction.emoji] + reaction.usernames }
        strings.append(attachments ?? "")
        if let file {
            strings.append(file.name)
            switch file.state {
            case .pending: break
            case .linked(let url): strings.append(url)
            case .unavailable(.notFetched(let reason)), .unavailable(.notExtracted(let reason)): strings.append(reason)
            case .stored(let id, let mediaType, _, _): strings += [id.rawValue, mediaType]
            }
        }
        return strings + followers.map(\.rawValue)
    }
}
