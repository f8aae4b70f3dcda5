import Hummingbird
import ImportDomain
import ImportEngine
import JSON
import Logging

/// Writes the selectable records of a file, a page at a time, because there may be millions of users.
///
/// Source: `GET getImportFileData`.
struct SelectionWriter: Sendable {
    /// How many records are in memory at a time.
    private static let pageLength = 1_000
    /// How many bytes of records are in memory at a time, except for a single larger record.
    private static let pageBytes = 1 << 20
    /// The memory of a response while it is written: a page of records, and their JSON.
    static let heldBytes = 4 << 20

    let engine: ImportEngine
    let operation: ImportOperation
    let importer: ImporterDescription
    let reservation: ResponseMemory.Reservation
    let logger: Logger

    var response: Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(logger: logger) { writer in
                try await write(to: &writer)
                try await writer.finish(nil)
                withExtendedLifetime(reservation) {}
            })
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        var hasDirectRooms = false
        try await writer.write(ByteBuffer(string: #"{"channels":["#))
        var list = ItemList()
        try await pages(to: &writer, of: &list, sequence: \.sequence) { sequence in
            try await engine.selectable.rooms(
                of: operation.id, after: sequence, limit: Self.pageLength, bytes: Self.pageBytes)
        } item: { (room: SelectableRecord<RoomRecord>, json) in
            guard room.record.kind != .direct else {
                hasDirectRooms = true
                return false
            }
            json.room(room.record)
            return true
        }
        if hasDirectRooms {
            list.add {
                $0.directRooms()
                return true
            }
        }
        try await writer.write(list.take(endingWith: #"],"contacts":["#))

        list = ItemList()
        try await pages(to: &writer, of: &list, sequence: \.sequence) { sequence in
            try await engine.selectable.contacts(
                of: operation.id, after: sequence, limit: Self.pageLength, bytes: Self.pageBytes)
        } item: { (contact: SelectableRecord<ContactRecord>, json) in
            json.contact(contact.record)
            return true
        }
        var name = JSONWriter()
        name.string(importer.name)
        let messageCount = operation.counts[.message]?.total ?? 0
        try await writer.write(
            list.take(
                endingWith: #"],"message_count":\#(messageCount),"name":\#(name.text),"success":true,"users":["#))

        list = ItemList()
        try await pages(to: &writer, of: &list, sequence: \.sequence) { sequence in
            try await engine.selectable.users(
                of: operation.id, after: sequence, limit: Self.pageLength, bytes: Self.pageBytes)
        } item: { (user: SelectableRecord<UserRecord>, json) in
            json.user(user)
            return true
        }
        try await writer.write(list.take(endingWith: "]}"))
    }

    private func pages<Item>(
        to writer: inout any ResponseBodyWriter, of list: inout ItemList, sequence: (Item) -> RecordSequence,
        _ page: (RecordSequence?) async throws -> [Item], item: (Item, inout JSONWriter) -> Bool
    ) async throws {
        var last: RecordSequence?
        repeat {
            let items = try await page(last)
            for one in items { list.add { item(one, &$0) } }
            last = items.last.map(sequence)
            try await writer.write(list.take())
        } while last != nil
    }
}

/// The items of one list, with commas between them.
private struct ItemList {
    private var json = JSONWriter()
    private var bytes: [UInt8] = []
    private var isFirst = true

    /// Adds what is written; `write` returns whether it wrote an item.
    mutating func add(_ write: (inout JSONWriter) -> Bool) {
        json.removeAll(keepingCapacity: true)
        guard write(&json) else { return }
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(contentsOf: json.bytes)
    }

    /// The bytes added since the last call.
    mutating func take(endingWith end: String = "") -> ByteBuffer {
        bytes.append(contentsOf: end.utf8)
        defer { bytes.removeAll(keepingCapacity: true) }
        return ByteBuffer(bytes: bytes)
    }
}

extension JSONWriter {
    fileprivate mutating func user(_ user: SelectableRecord<UserRecord>) {
        let record = user.record
        beginObject()
        member("do_import", true)
        if let email = record.emails.first { member("email", email) }
        member("is_bot", record.type == "bot")
        member("is_deleted", record.isDeleted)
        member("is_email_taken", user.isAddressTaken)
        member("user_id", record.importIDs.first ?? "")
        if let username = record.username { member("username", username) }
        endObject()
    }

    fileprivate mutating func room(_ record: RoomRecord) {
        beginObject()
        member("channel_id", record.importIDs.first ?? "")
        if let creator = record.creatorID { member("creator", creator) }
        member("do_import", true)
        member("is_archived", record.isArchived)
        member("is_direct", false)
        member("is_private", record.kind == .privateGroup)
        member("name", record.name ?? "")
        endObject()
    }

    /// All direct rooms together.
    fileprivate mutating func directRooms() {
        beginObject()
        member("channel_id", ImportSelection.directRooms.rawValue)
        member("do_import", true)
        member("is_archived", false)
        member("is_direct", true)
        member("is_private", true)
        member("name", "Direct Messages")
        endObject()
    }

    fileprivate mutating func contact(_ record: ContactRecord) {
        beginObject()
        member("do_import", true)
        member("emails", record.emails)
        member("id", record.importIDs.first ?? "")
        member("name", record.name ?? "")
        member("phones", record.phones)
        endObject()
    }

    private mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        boolean(flag)
    }

    private mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    private mutating func member(_ name: String, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }
}
