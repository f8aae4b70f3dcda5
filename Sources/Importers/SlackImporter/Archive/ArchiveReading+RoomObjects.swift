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
                case .roomFile(let name, let workspace) = EntryRole(components: entry.components)
            else { return }
            var room = self.room(inFolder: name, workspace)
            do {
                try self.readObject(entry, &room, &converter)
            } catch let error as JSONError {
                try self.log.report(
                    ImportFinding(
                        .error, .entryUnreadable, entry: entry.name,
                        message: "The entry is not JSON from here on: \(error)"))
            }
        }
    }

    private func readObject(
        _ entry: ArchiveEntry, _ room: inout EntryRoom, _ converter: inout MessageConverter
    ) throws {
        let limits = JSONLimits(maximumDepth: 128, maximumElementBytes: 16 << 20)
        var splitter = JSONElementSplitter(limits: limits)
        var member = ""
        var hasMessages = false
        var index = 0
        let name = entry.name
        func handle(_ event: JSONElementSplitter.Event) throws {
            switch event {
            case .root: break
            case .member(let key, let kind):
                member = key
                hasMessages = hasMessages || key == "messages" && kind == .array
            case .value(let bytes, let offset):
                guard member == "channel_info" else { return }
                let id = try JSONReader.read(bytes, limits: limits, baseOffset: offset) { try Self.roomID(&$0) }
                if let known = id.flatMap(rooms.room(withID:)) {
                    room = EntryRoom(room: known, unknownKey: nil, folder: room.folder, workspace: room.workspace)
                }
            case .element(let bytes, let offset):
                guard member == "messages" else { return }
                defer { index += 1 }
                do {
                    try JSONReader.read(bytes, limits: limits, baseOffset: offset) { reader in
                        let place = MessageConverter.Place(entry: name, index: index)
                        try stage(&reader, place, &room, &converter)
                    }
                } catch let error as JSONError {
                    try log.report(
                        ImportFinding(
                            .error, .recordInvalid, entry: name, position: index,
                            message: "The element cannot be read and is not imported: \(error)"))
                }
            }
        }
        try entry.read { try splitter.feed($0, handle) }
        try splitter.finish(handle)
        guard !hasMessages else { return }
        log.ignore(.entryIgnored, field: "name", value: "*.json without messages")
    }

    private static func roomID(_ reader: inout JSONReader) throws -> String? {
        guard try reader.enterObject() else { return nil }
        var id: String?
        while try reader.nextField(roomFields) != nil { id = try reader.nonEmptyText() }
        return id
    }
}
