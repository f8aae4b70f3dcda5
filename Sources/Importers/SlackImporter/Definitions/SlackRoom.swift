internal import ImportDomain
internal import JSON

/// An element of `channels.json`, `groups.json`, `mpims.json` or `dms.json`.
struct SlackRoom {
    /// Which file describes the room.
    enum Source: String {
        case channel = "channels.json"
        case group = "groups.json"
        case groupConversation = "mpims.json"
        case conversation = "dms.json"
    }

    let source: Source
    /// The workspace of an organisation that the room belongs to.
    let workspace: String?
    var id: String
    var name: String?
    /// Nil when the export does not say who is in the room.
    var members: [Int32]?
    var creator: Int32?
    var topic: String?
    var purpose: String?
    var createdAt: Timestamp?
    var isArchived = false
    var isGeneral = false

    private enum Field: String, CaseIterable {
        case id, name, members, creator, topic, purpose, created
        case isArchived = "is_archived"
        case isGeneral = "is_general"
    }

    private enum TextField: String, CaseIterable {
        case value
    }

    private static let fields = FieldTable<Field>()
    private static let textFields = FieldTable<TextField>()

    /// Reads an element; nil when it has no id.
    init?(_ reader: inout JSONReader, source: Source, workspace: String?, users: UserTable) throws {
        guard try reader.enterObject() else { return nil }
        self.source = source
        self.workspace = workspace
        id = ""
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .id: id = try reader.nonEmptyText() ?? ""
            case .name: name = try reader.nonEmptyText()
            case .members: members = try Self.readMembers(&reader, users)
            case .creator: creator = try reader.nonEmptyText().map(users.number(of:))
            case .topic: topic = try Self.readText(&reader)
            case .purpose: purpose = try Self.readText(&reader)
            case .created: createdAt = SlackTime.creation(try reader.text())
            case .isArchived: isArchived = try reader.flag()
            case .isGeneral: isGeneral = try reader.flag()
            }
        }
        if isConversation, members?.isEmpty == true { members = nil }
        if id.isEmpty { return nil }
    }

    /// Whether the room is one between certain people, without a place in the list of rooms.
    var isConversation: Bool { source == .conversation || source == .groupConversation }

    private static func readMembers(_ reader: inout JSONReader, _ users: UserTable) throws -> [Int32]? {
        guard try reader.enterArray() else { return nil }
        var members: [Int32] = []
        while try reader.nextElement() {
            if let id = try reader.nonEmptyText() { members.append(users.number(of: id)) }
        }
        return members
    }

    private static func readText(_ reader: inout JSONReader) throws -> String? {
        if try reader.kind() == .string { return try reader.nonEmptyText() }
        guard try reader.enterObject() else { return nil }
        var text: String?
        while try reader.nextField(textFields) != nil { text = try reader.nonEmptyText() }
        return text
    }
}
