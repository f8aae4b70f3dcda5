internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// One export while it is read: the archive, where its records go, and what the passes over it remember.
final class SlackExport {
    let archive: ExportArchive
    let sink: RecordSink
    let progress: ReadingProgress
    let allowances: SlackAllowances
    let people: SlackPeople
    let users: SlackUsers
    let rooms: SlackRooms
    let roomIndex: SlackRoomIndex
    let placeholders: PlaceholderTable
    let pins: PinTable
    let archivedFiles: ArchivedFiles
    /// What files of messages that are objects say of their rooms, by the entry's index in the archive.
    var headers: [Int: HistoryHeader] = [:]

    init(_ archive: ExportArchive, directCapacity: Int, _ output: any ImportOutput, allowances: SlackAllowances) {
        self.archive = archive
        self.allowances = allowances
        sink = RecordSink(output)
        progress = ReadingProgress(output, total: archive.compressedBytes)
        people = SlackPeople(allowance: allowances.people)
        roomIndex = SlackRoomIndex(authors: allowances.members)
        pins = PinTable(allowance: allowances.pins)
        users = SlackUsers(allowance: allowances.users)
        rooms = SlackRooms(
            people: people, pins: pins, directCapacity: directCapacity, allowance: allowances.rooms)
        placeholders = PlaceholderTable(allowance: allowances.placeholders)
        archivedFiles = ArchivedFiles(allowance: allowances.files)
    }

    /// Reports how far the second pass has come; the first one reads almost nothing.
    func report(progress entry: ArchiveEntry) throws {
        try progress.note(entry: entry.name, bytes: archive.compressedBytesRead)
    }
}
