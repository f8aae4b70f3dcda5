internal import ExportFiles
internal import ImportDomain
internal import JSON

extension ArchiveReading {
    func readUsers(_ entry: ArchiveEntry, rank: Int) throws {
        try readElements(entry) { reader, index in
            guard let user = try SlackUser(&reader) else { return false }
            self.userDefinitions.add(user, at: DefinitionPlace(rank: rank, entry: entry.name, index: index))
            return true
        }
    }

    func readRooms(_ entry: ArchiveEntry, _ source: SlackRoom.Source, _ workspace: String?) throws {
        try readElements(entry) { reader, index in
            guard let room = try SlackRoom(&reader, source: source, workspace: workspace, users: self.users) else {
                return false
            }
            let place = DefinitionPlace(rank: workspace == nil ? 1 : 2, entry: entry.name, index: index)
            self.roomDefinitions.add(room, at: place)
            return true
        }
    }

    /// Reads the elements of a definition file; one that makes no sense is a finding and costs nothing else.
    private func readElements(
        _ entry: ArchiveEntry, _ body: (inout JSONReader, Int) throws -> Bool
    ) throws {
        try read(entry) { reader, index in
            if try !body(&reader, index) {
                try self.log.report(
                    ImportFinding(
                        .error, .recordInvalid, entry: entry.name, position: index, field: "id",
                        message: "The element has no id; it is not imported."))
            }
        }
    }
}
