internal import ExportFiles
internal import ImportDomain
internal import JSON

/// Rooms as objects of `channel_info` and `messages`, which tools for direct conversations write.
extension ArchiveReading {
    private enum RoomField: String, CaseIterable {
        case id
    }

    private static let roomFields = FieldTable<RoomField>()

    /// Reads the entries at the given places of the archive in a pass of their own, because only reading tells that an
    /// entry is an object.
    func readObjects(_ places: Set<Int>, _ converter: inout MessageConverter) throws {
        try archive.scan { entry in
            guard places.contains(entry.index),
                case .roomFile(let name, let workspace) = EntryRole(name: entry.name)
            else { return }
            try self.readObject(entry, self.room(inFolder: name, workspace), &converter)
        }
    }

    private func readObject(
        _ entry: ArchiveEntry, _ room: EntryRoom, _ converter: inout MessageConverter
    ) throws {
        var room = room
        var hasMessages = false
        let name = entry.name
        let outcome = try JSONObjectFile().read(
            entry,
            { reader, part in
                switch part {
                case .value("channel_info"):
                    guard let id = try Self.roomID(&reader), let known = self.rooms.room(withID: id) else { return }
                    room = EntryRoom(room: known, unknownKey: nil, folder: room.folder, workspace: room.workspace)
                case .element("messages", let index):
                    hasMessages = true
                    try self.stage(&reader, MessageConverter.Place(entry: name, index: index), &room, &converter)
                default: return
                }
            }, broken: { try self.report($0, of: entry) })
        try report(outcome, of: entry)
        if !hasMessages { log.ignore(.entryIgnored, field: "name", value: "*.json without messages") }
    }

    private static func roomID(_ reader: inout JSONReader) throws -> String? {
        guard try reader.enterObject() else { return nil }
        var id: String?
        while try reader.nextField(roomFields) != nil { id = try reader.nonEmptyText() }
        return id
    }
}
