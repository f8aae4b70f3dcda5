internal import ExportFiles
internal import ImporterKit
internal import JSON

/// What a file of messages that is an object says of its room, wherever in the object it stands.
struct HistoryHeader {
    /// The id of the room, in `channel_id` or `channel_info`.
    var roomID: String?
    /// The name of the room, in `name` or `channel_info`.
    var roomName: String?
    /// What the flags of the room say, in the object or in one that describes the room; nil if none is set.
    var kind: SlackRoom.Kind?
    /// The id of the room that `kind` is about, where other tools than Slack's write it.
    var describedID: String?
    var hasMessages = false

    private enum RoomField: String, CaseIterable {
        case id, name
        case isPrivate = "is_private"
        case isGroup = "is_group"
        case isGroupConversation = "is_mpim"
        case isConversation = "is_im"

        /// What the room is if the flag is set.
        var kind: SlackRoom.Kind? {
            switch self {
            case .id, .name: nil
            case .isPrivate, .isGroup: .group
            case .isGroupConversation: .groupConversation
            case .isConversation: .conversation
            }
        }
    }

    /// What other tools call the description of the room, which is looked at for its flags alone.
    private static let descriptions: Set<String> = ["channel", "conversation", "room", "info"]

    private static let roomFields = FieldTable<RoomField>()

    /// Reads the file without its messages; nil when it is not an object.
    ///
    /// - Parameter faults: takes what cannot be read of it.
    init?(_ entry: ArchiveEntry, faults: FieldFaults) throws {
        var header = HistoryHeader()
        let outcome = try JSONFile().readObject(entry) { json, part in
            switch part {
            case .value(let key):
                var reader = FieldReader(json, faults: faults, field: key)
                switch key {
                case "channel_id": header.roomID = try reader.nonEmptyText() ?? header.roomID
                case "name": header.roomName = try reader.nonEmptyText() ?? header.roomName
                case "channel_info": try header.readRoom(&reader)
                case "messages": _ = try reader.enterArray()
                case _ where Self.descriptions.contains(key):
                    guard try reader.kind() == .object else { return }
                    var description = HistoryHeader()
                    try description.readRoom(&reader)
                    guard let kind = description.kind else { return }
                    header.kind = max(header.kind ?? kind, kind)
                    header.describedID = description.roomID
                default: if let kind = RoomField(rawValue: key)?.kind { try header.readFlag(&reader, kind) }
                }
            case .element("messages", _): header.hasMessages = true
            case .element(let key, let index):
                guard index == 0 else { return }
                if let kind = RoomField(rawValue: key)?.kind { header.kind = max(header.kind ?? kind, kind) }
                if ["channel_id", "name", "channel_info"].contains(key) || RoomField(rawValue: key)?.kind != nil {
                    faults.add(key, .array, key == "channel_info" ? .object : .text)
                }
            }
        }
        switch outcome.fault {
        case .wrongKind: return nil
        case .malformed, .unreadable:
            // The reader of the messages reports it.
            if outcome.elements == 0 { return nil }
        case .cutOff, nil: break
        }
        if outcome.isEmptyFile { return nil }
        self = header
    }

    private init() {}

    private mutating func readRoom(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        while let field = try reader.nextField(Self.roomFields) {
            switch field {
            case .id: roomID = try reader.nonEmptyText() ?? roomID
            case .name: roomName = try reader.nonEmptyText() ?? roomName
            case .isPrivate, .isGroup, .isGroupConversation, .isConversation:
                if let kind = field.kind { try readFlag(&reader, kind) }
            }
        }
    }

    private mutating func readFlag(_ reader: inout FieldReader, _ told: SlackRoom.Kind) throws {
        if try reader.flag(unreadable: true) { kind = max(kind ?? told, told) }
    }
}
