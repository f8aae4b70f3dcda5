internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// Stages one archive: its definitions, then its messages, then the rooms whose members only its messages name.
struct SlackArchive {
    private let export: SlackExport
    private let definitions: DefinitionPass
    private let messages: MessagePass
    private let rooms: RoomStaging

    init(_ export: SlackExport) {
        self.export = export
        definitions = DefinitionPass(export)
        messages = MessagePass(export)
        rooms = RoomStaging(export)
    }

    /// Reads everything.
    func read() throws {
        try definitions.read()
        try stageDefinitions()
        let hasUnknownFolders = definitions.hasUnknownFolders
        definitions.forgetFolders()
        // An archive whose folders all have a definition is not read for their beginnings.
        if hasUnknownFolders { try messages.readFolderBeginnings() }
        try messages.read()
        try stagePlaceholders()
        try rooms.stageRest()
        try finish()
    }

    /// Stages the users and the rooms whose members are listed.
    private func stageDefinitions() throws {
        try export.users.stage(into: export.people, export.sink)
        let drafts = try export.rooms.drafts(
            notedIn: export.roomIndex, export.sink, export.sink.output.checkCancellation)
        export.people.searchForAuthors = { [unowned messages] in try messages.searchForAuthors() }
        try rooms.stage(drafts)
    }

    /// Stages accounts for the people that no file describes.
    private func stagePlaceholders() throws {
        let (people, users) = (export.people, export.users)
        try export.placeholders.stage(others: people.undescribedMembers, into: export.sink) { id, wanted in
            let username = users.freeUsername(wanted, id: id)
            people.addUndescribed(id, username: username)
            return username
        }
    }

    /// Reports what is left out, and rejects a file that is not an export.
    private func finish() throws {
        try export.pins.finish(export.sink)
        try reportLimits()
        try export.sink.finish()
        let hasElements = definitions.hasElements || messages.hasElements
        guard messages.hasMessages || export.users.stagedCount > 0 || rooms.stagedCount > 0 || !hasElements else {
            throw SlackDetection.unrecognized(definitions.firstNames)
        }
        try export.progress.finish()
    }

    /// Reports what the allowances left out.
    private func reportLimits() throws {
        let allowances = export.allowances
        let leftOut: [(count: Int, field: String, message: String)] = [
            (allowances.users.refusedCount, "users", "Users beyond the memory for users are not imported."),
            (
                allowances.rooms.refusedCount, "rooms",
                "Rooms beyond the memory for rooms are not imported as described. Messages of such rooms are in private "
                    + "rooms named by their folders, as far as there is memory."
            ),
            (
                messages.refusedFolderMessages, "folder",
                "Messages in folders without a room, beyond the memory for rooms, are not imported."
            ),
            (
                allowances.people.refusedCount, "members",
                "Ids beyond the memory for ids are not in the rooms that name them."
            ),
            (allowances.members.refusedCount, "members", "Members beyond the memory for members are left out."),
            (
                allowances.placeholders.refusedCount, "user",
                "Messages and reactions by people whom the export does not describe, beyond the memory for them or with "
                    + "ids of more than \(RecordLimits.importIDBytes) bytes, are by rocket.cat or left out."
            ),
            (
                allowances.files.refusedCount, "files",
                "Files inside of the archive, beyond the memory for their names, are fetched from their addresses."
            ),
            (allowances.pins.refusedCount, "pins", "Pins beyond the memory for pins are left out."),
        ]
        for (count, field, message) in leftOut where count > 0 {
            try export.sink.report(.error, .limitExceeded, field: field, count: count, message)
        }
    }
}
