/// The undo of an import: its progress, and its numbers so far.
public struct ImportUndo: Equatable, Sendable {
    /// The number of the import.
    public let number: ImportNumber
    /// The account that requested it.
    public let requestedBy: UserID
    /// The names of that account when it requested the undo.
    public let requesterName: AccountName
    /// When it was requested first.
    public let startedAt: Timestamp
    /// When it ended; nil while it is in progress.
    public let endedAt: Timestamp?
    /// Where it continues.
    public let position: UndoPosition
    /// What was removed, restored and kept so far.
    public let counts: UndoCounts

    /// An undo.
    public init(
        number: ImportNumber, requestedBy: UserID, requesterName: AccountName, startedAt: Timestamp,
        endedAt: Timestamp? = nil, position: UndoPosition = .start, counts: UndoCounts = UndoCounts()
    ) {
        self.number = number
        self.requestedBy = requestedBy
        self.requesterName = requesterName
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.position = position
        self.counts = counts
    }
}

/// A stage of an undo, in order: what refers to other rows goes before them.
public enum UndoStage: String, CaseIterable, Sendable {
    /// Messages are removed; rooms and accounts that the remaining messages need are kept.
    case messages
    /// Files that no message carries any more are removed.
    case files
    /// Rooms that are in use are found, and kept with the accounts that they need.
    case rooms
    /// Subscriptions of removed rooms, and those that the import added to existing rooms, are removed.
    case memberships
    /// The other rooms are removed.
    case roomRemoval = "room-removal"
    /// Import ids of existing rooms are removed.
    case roomIDs = "room-ids"
    /// Import ids of existing accounts are removed.
    case userIDs = "user-ids"
    /// Accounts that nobody has used are removed.
    case users
    /// Previous values of changed data are restored.
    case changes
    /// Totals of rooms and threads are recounted.
    case totals
    /// The bytes of removed files are removed.
    case bytes

    /// The stage that follows; nil for the last.
    public var next: UndoStage? {
        let all = Self.allCases
        return all.firstIndex(of: self).flatMap { all.indices.contains($0 + 1) ? all[$0 + 1] : nil }
    }
}

/// How far an undo has come: a stage, and the key of the last row that it has handled there.
public struct UndoPosition: Equatable, Sendable {
    /// The stage.
    public let stage: UndoStage
    /// The parts of the key; empty at the beginning of a stage.
    public let key: [String]

    /// A position behind a row, or at the beginning of a stage.
    public init(_ stage: UndoStage, after key: [String] = []) {
        self.stage = stage
        self.key = key
    }

    /// The beginning.
    public static let start = UndoPosition(.messages)
}

/// What an undo counts.
public enum UndoneKind: String, CaseIterable, Sendable {
    /// Accounts.
    case user
    /// Rooms.
    case room
    /// Messages.
    case message
    /// Subscriptions of existing accounts to existing rooms.
    case membership
    /// Import ids of existing accounts and rooms.
    case importID = "import-id"
    /// Files of removed messages, downloaded or not.
    case file
}

/// Why an undo keeps something that the import created or changed.
public enum KeptReason: String, CaseIterable, Sendable {
    /// Somebody signed in with the account.
    case signedIn = "signed-in"
    /// A person changed it.
    case changed
    /// Another import changed it.
    case updatedByImport = "updated-by-import"
    /// Another import, or a person, gave it an import id.
    case boundByImport = "bound-by-import"
    /// The account is in a room that others added it to.
    case addedToRoom = "added-to-room"
    /// Messages of the account stay.
    case wroteMessages = "wrote-messages"
    /// The account created a room that stays.
    case createdRoom = "created-room"
    /// The account is a participant of a direct room that stays.
    case participant
    /// Without the account nobody could administer the workspace.
    case lastAdministrator = "last-administrator"
    /// Without the rights of the account nobody could change permissions.
    case lastPermissionHolder = "last-permission-holder"
    /// Replies to the message stay.
    case answered
    /// Messages in the room stay.
    case hasMessages = "has-messages"
    /// People joined the room, or another import added them.
    case hasMembers = "has-members"
    /// The member wrote in the room since.
    case wroteInRoom = "wrote-in-room"
    /// A field that the import changed was changed again.
    case fieldChanged = "field-changed"
    /// The previous name or address belongs to another room or account.
    case valueTaken = "value-taken"
    /// The avatar that the import brought replaced one that is gone: earlier versions did not keep it.
    case avatarReplaced = "avatar-replaced"

    /// The reason for a person, as a sentence.
    public var message: String {
        switch self {
        case .signedIn: "Somebody signed in with this account."
        case .changed: "A person changed it after the import."
        case .updatedByImport: "Another import changed it."
        case .boundByImport: "It has import ids that this import did not give it."
        case .addedToRoom: "The account is in a room to which this import did not add it."
        case .wroteMessages: "Messages of this account stay."
        case .createdRoom: "The account created a room that stays."
        case .participant: "The account is a participant of a direct room that stays."
        case .lastAdministrator: "The workspace has no other active administrator who can sign in."
        case .lastPermissionHolder: "No other active account that can sign in can change permissions."
        case .answered: "Replies to this message stay."
        case .hasMessages: "Messages in this room stay."
        case .hasMembers: "The room has members whom this import did not add."
        case .wroteInRoom: "The member wrote in this room after the import."
        case .fieldChanged: "A value that this import changed was changed again."
        case .valueTaken: "The previous name or address belongs to another room or account."
        case .avatarReplaced: "The avatar that this import brought stays, because an earlier one was not kept."
        }
    }
}

/// Something that an undo keeps, and why.
public struct KeptItem: Equatable, Sendable {
    /// What it is: an account, a room, a message or a subscription.
    public let kind: UndoneKind
    /// Its workspace id; of a subscription, those of room and account with a slash between them.
    public let id: String
    /// Its name, if it has one; messages have none.
    public let name: String?
    /// Why it is kept.
    public let reason: KeptReason

    /// Something that is kept.
    public init(_ kind: UndoneKind, id: String, name: String?, _ reason: KeptReason) {
        self.kind = kind
        self.id = id
        self.name = name
        self.reason = reason
    }
}

/// The numbers of an undo.
public struct UndoCounts: Equatable, Sendable {
    /// What the import created, and the workspace has no longer.
    public private(set) var removed: [UndoneKind: Int] = [:]
    /// What the import changed, and is as before in at least one field.
    public private(set) var restored: [UndoneKind: Int] = [:]
    /// What is kept, by reason.
    public private(set) var kept: [UndoneKind: [KeptReason: Int]] = [:]

    /// No numbers.
    public init() {}

    /// Counts removed rows.
    public mutating func remove(_ count: Int, _ kind: UndoneKind) {
        if count > 0 { removed[kind, default: 0] += count }
    }

    /// Counts restored rows.
    public mutating func restore(_ count: Int, _ kind: UndoneKind) {
        if count > 0 { restored[kind, default: 0] += count }
    }

    /// Counts kept rows.
    public mutating func keep(_ count: Int, _ kind: UndoneKind, _ reason: KeptReason) {
        if count > 0 { kept[kind, default: [:]][reason, default: 0] += count }
    }

    /// How many rows of a kind are kept.
    public func keptCount(of kind: UndoneKind) -> Int { kept[kind]?.values.reduce(0, +) ?? 0 }

    /// The sum of two sets of numbers.
    public static func + (left: UndoCounts, right: UndoCounts) -> UndoCounts {
        var sum = left
        for (kind, count) in right.removed { sum.remove(count, kind) }
        for (kind, count) in right.restored { sum.restore(count, kind) }
        for (kind, reasons) in right.kept { for (reason, count) in reasons { sum.keep(count, kind, reason) } }
        return sum
    }
}
