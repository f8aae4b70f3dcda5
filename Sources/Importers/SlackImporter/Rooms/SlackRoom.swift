internal import ImportDomain
internal import ImporterKit
internal import JSON

/// An element of `channels.json`, `groups.json`, `mpims.json` or `dms.json`, or the description inside of a file of
/// messages.
struct SlackRoom {
    /// Which file describes the room.
    enum Source: String {
        case channel = "channels.json"
        case group = "groups.json"
        case groupConversation = "mpims.json"
        case conversation = "dms.json"
        /// The file that also holds the room's messages, as `slackdump dump` writes it.
        case messageFile = ""
    }

    /// What a room is; the later one of two is more private.
    enum Kind: Int, Comparable {
        case channel, group, groupConversation, conversation

        static func < (first: Kind, second: Kind) -> Bool { first.rawValue < second.rawValue }

        /// What people call it.
        var name: String {
            switch self {
            case .channel: "public channel"
            case .group: "private group"
            case .groupConversation: "group conversation"
            case .conversation: "direct conversation"
            }
        }
    }

    let source: Source
    /// The workspace of an organisation that the room belongs to.
    let workspace: String?
    var id: String
    var name: String?
    /// The most private of what file and flags say.
    var kind: Kind
    /// The least private of what files and flags say, where they contradict each other.
    var contradictedKind: Kind?
    /// Nil when the export does not say who is in the room.
    var members: [Int32]?
    /// The other person of a direct conversation, which exports of one person name in place of the members.
    var otherPerson: Int32?
    var creator: Int32?
    var topic: String?
    var purpose: String?
    var createdAt: Timestamp?
    var isArchived = false
    var isGeneral = false
    /// Times of pinned messages and ids of pinned files.
    var pins: [String] = []
    /// The fields that exceed their limits.
    var limits = LengthLimits()
    /// How many bookmarks it has, which are left out by rule.
    var bookmarkCount = 0
    /// The names of properties that it has, which are left out by rule: a canvas, tabs, who may post.
    var properties: [String] = []
    /// How many members are left out because of their ids.
    var refusedMemberCount = 0

    private enum Field: String, CaseIterable {
        case id, name, members, creator, topic, purpose, created, user, pins, bookmarks, properties
        case isArchived = "is_archived"
        case isGeneral = "is_general"
        case isPrivate = "is_private"
        case isGroup = "is_group"
        case isGroupConversation = "is_mpim"
        case isConversation = "is_im"
    }

    private static let fields = FieldTable<Field>()

    /// Reads an element; nil when it has no id, or one beyond the limit.
    ///
    /// - Parameters:
    ///   - people: numbers the people.
    ///   - allowances: memory for members and pins.
    ///   - checkpoint: called for every few thousand members.
    init?(
        _ reader: inout FieldReader, source: Source, workspace: String?, people: SlackPeople, pins table: PinTable,
        allowances: SlackAllowances, checkpoint: () throws -> Void
    ) throws {
        guard try reader.enterObject() else { return nil }
        self.source = source
        self.workspace = workspace
        id = ""
        let listed: Kind =
            switch source {
            case .channel: .channel
            case .group, .messageFile: .group
            case .groupConversation: .groupConversation
            case .conversation: .conversation
            }
        kind = listed
        var flagged: Kind?
        func flag(_ flag: Bool, _ kind: Kind) { if flag { flagged = max(flagged ?? kind, kind) } }
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .id: id = try reader.nonEmptyText() ?? ""
            case .name: name = limits.shortened(try reader.text(), RecordLimits.roomNameBytes, "name")
            case .members: members = try readMembers(&reader, people, allowances.members, checkpoint)
            case .user: otherPerson = try reader.nonEmptyText().flatMap(people.number(of:))
            case .creator: creator = try reader.nonEmptyText().flatMap(people.number(of:))
            case .topic: topic = try readText(&reader, "topic")
            case .purpose: purpose = try readText(&reader, "purpose")
            case .created: createdAt = SlackTime.creation(try reader.text())
            case .isArchived: isArchived = try reader.flag()
            case .isGeneral: isGeneral = try reader.flag()
            case .pins: pins = try Self.readPins(&reader, table)
            case .bookmarks:
                guard try reader.enterArray() else { continue }
                while try reader.nextElement() { bookmarkCount += 1 }
            case .properties: try readProperties(&reader)
            case .isPrivate:
                let isPrivate = try reader.flag(unreadable: true)
                flag(isPrivate, .group)
                if !isPrivate, source == .group { contradictedKind = .channel }
            case .isGroup: flag(try reader.flag(unreadable: true), .group)
            case .isGroupConversation: flag(try reader.flag(unreadable: true), .groupConversation)
            case .isConversation: flag(try reader.flag(unreadable: true), .conversation)
            }
        }
        if let flagged, flagged > listed {
            kind = flagged
            contradictedKind = listed
        }
        if isConversation, members?.isEmpty == true { members = nil }
        if id.isEmpty || id.utf8.count > RecordLimits.importIDBytes { return nil }
    }

    /// A room that only a file with its messages describes; its kind is what the id tells, and never public.
    init(id: String, name: String?, workspace: String?) {
        source = .messageFile
        self.workspace = workspace
        self.id = id
        self.name = name
        kind = id.utf8.first == UInt8(ascii: "D") && SlackID.matches(id) ? .conversation : .group
    }

    /// Whether the room is one between certain people, without a place in the list of rooms.
    var isConversation: Bool { kind >= .groupConversation }

    /// Usernames of the people in a group conversation, by its name (`mpdm-ann--bob--kim-1`).
    var usernamesInName: [String] {
        guard let name, name.hasPrefix("mpdm-"), let end = name.lastIndex(of: "-"),
            name[end...].dropFirst().utf8.allSatisfy(\.isDigit)
        else { return [] }
        let start = name.index(name.startIndex, offsetBy: 5)
        guard start < end else { return [] }
        return name[start..<end].split(separator: "--").map(String.init)
    }

    /// Usernames of the people in a group conversation, by its purpose (`Group messaging with: @ann @bob @kim`).
    var usernamesInPurpose: [String] {
        guard let purpose else { return [] }
        return purpose.split { $0.isWhitespace || $0 == "," }.filter { $0.hasPrefix("@") }.map {
            String($0.dropFirst())
        }
    }

    /// Takes what another description of the same room says more. The more private of both counts.
    mutating func merge(_ other: SlackRoom) {
        if let more = other.members {
            if members == nil { members = more } else { members?.append(contentsOf: more) }
        }
        pins.append(contentsOf: other.pins)
        name = name ?? other.name
        otherPerson = otherPerson ?? other.otherPerson
        creator = creator ?? other.creator
        topic = topic ?? other.topic
        purpose = purpose ?? other.purpose
        createdAt = createdAt ?? other.createdAt
        // What a file of messages is called after says nothing about who may see the room.
        guard other.source != .messageFile else { return }
        if other.kind != kind { contradictedKind = min(contradictedKind ?? .conversation, kind, other.kind) }
        kind = max(kind, other.kind)
    }

    /// Makes the room as private as a file with its messages tells.
    mutating func raise(to told: Kind) {
        // A room that no list describes is private anyway.
        guard told > kind, source != .messageFile else { return }
        contradictedKind = min(contradictedKind ?? kind, kind)
        kind = told
        if isConversation, members?.isEmpty == true { members = nil }
    }

    /// About how much memory the description takes while it is kept, members and pins aside.
    var memoryBytes: Int {
        [id, name, topic, purpose].reduce(960) { $0 + 2 * ($1?.utf8.count ?? 0) }
    }

    private mutating func readMembers(
        _ reader: inout FieldReader, _ people: SlackPeople, _ allowance: Allowance, _ checkpoint: () throws -> Void
    ) throws -> [Int32]? {
        guard try reader.enterArray() else { return nil }
        var members: [Int32] = []
        var count = 0
        while try reader.nextElement() {
            count += 1
            if count.isMultiple(of: 4096) { try checkpoint() }
            guard let id = try reader.nonEmptyText() else { continue }
            if allowance.take(8), let number = people.number(of: id) {
                members.append(number)
            } else {
                refusedMemberCount += 1
            }
        }
        return members
    }

    /// Notes the properties that say something.
    private mutating func readProperties(_ reader: inout FieldReader) throws {
        guard try reader.enterObject() else { return }
        while let name = try reader.nextKey() {
            guard try Self.hasContent(&reader) else { continue }
            if properties.count < Self.maximumProperties { properties.append(name.clipped(toBytes: 64)) }
        }
    }

    /// Slack has about a dozen.
    private static let maximumProperties = 100

    /// Whether a value says something: it is not null, false, zero, empty, or an object that says so of itself.
    private static func hasContent(_ reader: inout FieldReader) throws -> Bool {
        switch try reader.kind() {
        case .object:
            var (hasContent, isEmpty) = (false, false)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "is_empty", try reader.kind() == .boolean {
                    isEmpty = try reader.flag()
                } else if try self.hasContent(&reader) {
                    hasContent = true
                }
            }
            return hasContent && !isEmpty
        case .array:
            var hasContent = false
            try reader.beginArray()
            while try reader.nextElement() { hasContent = try self.hasContent(&reader) || hasContent }
            return hasContent
        case .string, .number: return try reader.nonEmptyText().map { $0 != "0" } ?? false
        case .boolean: return try reader.flag()
        case .null:
            try reader.skipValue()
            return false
        }
    }

    /// Reads `{"value": text}`, or a plain string.
    private mutating func readText(_ reader: inout FieldReader, _ field: String) throws -> String? {
        var text: String?
        if try reader.kind() == .string {
            text = try reader.text()
        } else if try reader.enterObject() {
            while let key = try reader.nextKey() { if key == "value" { text = try reader.text() } }
        }
        return limits.shortened(text, 2 * RecordLimits.descriptionBytes, field)
    }

    /// Reads `[{"id": time or file}]`, or the same as plain strings.
    private static func readPins(_ reader: inout FieldReader, _ table: PinTable) throws -> [String] {
        guard try reader.enterArray() else { return [] }
        var pins: [String] = []
        while try reader.nextElement() {
            var id: String?
            if try reader.kind() == .object {
                try reader.beginObject()
                while let key = try reader.nextKey() { if key == "id" { id = try reader.nonEmptyText() } }
            } else {
                id = try reader.nonEmptyText()
            }
            if let id, table.allows(id) { pins.append(id) }
        }
        return pins
    }
}
