internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

extension ArchiveReading {
    func readUsers(_ entry: ArchiveEntry, rank: Int) throws {
        try readElements(entry) { reader, index in
            guard var user = try SlackUser(&reader) else { return false }
            try self.faults.report(to: self.log, entry: entry.name, position: index, value: user.id)
            try self.reportShortened(user.shortenedFields, of: user.id, entry, index)
            user.shortenedFields = []
            self.userDefinitions.add(user, at: DefinitionPlace(rank: rank, entry: entry.name, index: index))
            return true
        }
    }

    func readRooms(_ entry: ArchiveEntry, _ source: SlackRoom.Source, _ workspace: String?) throws {
        try readElements(entry) { reader, index in
            let room = try SlackRoom(
                &reader, source: source, workspace: workspace, users: self.users, pins: self.pins,
                allowances: self.allowances, checkpoint: self.output.checkCancellation)
            guard var room else { return false }
            try self.faults.report(to: self.log, entry: entry.name, position: index, value: room.id)
            try self.reportShortened(room.shortenedFields, of: room.id, entry, index)
            room.shortenedFields = []
            if room.refusedMemberCount > 0 {
                try self.log.report(
                    ImportFinding(
                        .warning, .limitExceeded, entry: entry.name, position: index, field: "members", value: room.id,
                        count: room.refusedMemberCount,
                        message: "Members with ids of more than \(RecordLimits.importIDBytes) bytes, or beyond the "
                            + "memory for members, are left out of this room."))
                room.refusedMemberCount = 0
            }
            let place = DefinitionPlace(rank: workspace == nil ? 1 : 2, entry: entry.name, index: index)
            self.roomDefinitions.add(room, at: place)
            return true
        }
    }

    /// Looks whether a file without a day is an object, and what it and its folder say of its room.
    func readHeader(_ entry: ArchiveEntry, _ place: EntryRole.HistoryPlace) throws {
        faults.clear()
        let header = try HistoryHeader(entry, faults: faults)
        if header == nil { faults.clear() }
        try faults.report(to: log, entry: entry.name, position: nil, value: header?.roomID)
        if header?.hasMessages != false {
            let told = header?.kind ?? .channel
            let id = header?.roomID ?? header?.describedID
            roomDefinitions.addKind(max(place.minimumRoomKind, told), of: id ?? place.name)
            if id == nil, let folder = place.alternative { roomDefinitions.addKind(told, of: folder) }
        }
        guard let header, allowances.rooms.take(256) else { return }
        headers[entry.index] = header
        guard header.hasMessages, let id = header.roomID, id.utf8.count <= RecordLimits.importIDBytes else { return }
        let room = SlackRoom(
            id: id, name: header.roomName?.trimmedIfNotBlank?.clipped(toBytes: RecordLimits.roomNameBytes),
            workspace: place.workspace)
        roomDefinitions.add(room, at: DefinitionPlace(rank: 3, entry: entry.name, index: 0))
    }

    /// Reads the elements of a definition file; one that makes no sense is a finding and costs nothing else.
    private func readElements(
        _ entry: ArchiveEntry, _ body: (inout FieldReader, Int) throws -> Bool
    ) throws {
        try read(entry) { json, index in
            self.hasElements = true
            self.faults.clear()
            var reader = FieldReader(json, faults: self.faults)
            if try !body(&reader, index) {
                try self.log.report(
                    ImportFinding(
                        .error, .recordInvalid, entry: entry.name, position: index, field: "id",
                        message: "The element has no id, or one of more than \(RecordLimits.importIDBytes) bytes; it "
                            + "is not imported."))
            }
        }
    }

    private func reportShortened(_ fields: [String], of id: String, _ entry: ArchiveEntry, _ index: Int) throws {
        for field in fields {
            try log.report(
                ImportFinding(
                    .warning, .limitExceeded, entry: entry.name, position: index, field: field, value: id,
                    message: "The field \"\(field)\" goes beyond its limit; what fits is kept."))
        }
    }
}
