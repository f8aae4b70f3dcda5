internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// Reads an archive of tables: first users, then rooms, then messages, wherever in the archive they lie.
///
/// Messages need the users for mentions and spellings, and the rooms to tell which folders are not listed. Each pass
/// leaves the other entries packed.
struct CSVArchive {
    private enum Pass: Int64, CaseIterable {
        case users
        case rooms
        case messages
    }

    private let archive: ExportArchive
    private let sink: RecordSink
    private let conversations = Conversations()
    private let progress: ReadingProgress
    private let passes: [Pass]
    private let directCapacity: Int

    /// How many files that are not imported are named one by one.
    private static let maximumNamedEntries = 100

    /// - Parameter directCapacity: the most participants of a direct room.
    init(_ archive: ExportArchive, sink: RecordSink, directCapacity: Int) {
        self.directCapacity = directCapacity
        self.archive = archive
        self.sink = sink
        progress = ReadingProgress(sink.output, total: archive.compressedBytes)
        passes = Pass.allCases.filter { pass in
            archive.outline.isCutShort || pass == .messages
                || archive.outline.rootFileNames.contains { Self.pass(of: CSVDetection(entryNamed: $0)) == pass }
        }
    }

    /// Reads everything.
    func read() throws {
        var names: [String] = []
        var tables = 0
        var ignored = 0
        for (index, pass) in passes.enumerated() {
            try archive.scan { entry in
                let layout = CSVDetection(entryNamed: entry.name)
                sink.entry = entry.name
                defer { sink.entry = nil }
                guard Self.pass(of: layout) == pass else { return }
                if layout == .other {
                    ignored += 1
                    if ignored <= Self.maximumNamedEntries { names.append(entry.name) }
                } else {
                    tables += 1
                    try read(entry, as: layout) {
                        try progress.note(entry: entry.name, bytes: position(inPass: index))
                    }
                }
            }
        }
        guard tables > 0 else { throw Self.unrecognized(names) }
        for name in names {
            sink.entry = name
            try sink.report(.info, .entryIgnored, "The file is none of those that are imported.")
        }
        sink.entry = nil
        if ignored > names.count {
            try sink.report(
                .info, .entryIgnored, count: ignored - names.count,
                "\(ignored - names.count) more files are none of those that are imported.")
        }
        try conversations.stageUnlistedRooms(into: sink)
        if archive.outline.ignoredCount > 0 {
            try sink.report(
                .info, .entryIgnored, count: archive.outline.ignoredCount,
                "Folders, links and files of operating systems are passed over.")
        }
        try progress.finish()
    }

    /// The failure of an archive that has no table where tables are looked for.
    private static func unrecognized(_ names: [String]) -> ImportFileFailure {
        let begin = names.prefix(5).map { String($0.prefix(100)) }.joined(separator: ", ")
        return ImportFileFailure(
            .unrecognized,
            message:
                "The archive has no users.csv, channels.csv or contacts.csv, and no folder with CSV files, so it is "
                + "not an archive of CSV tables. It begins with: \(begin). Check that the right file and the right "
                + "importer were chosen.")
    }

    private static func pass(of layout: CSVDetection) -> Pass {
        switch layout {
        case .users, .contacts: .users
        case .rooms: .rooms
        case .messages, .directMessages, .other: .messages
        }
    }

    /// Where reading is, in bytes of the file. A compressed tar archive is unpacked as a whole in each pass; of a zip
    /// archive each pass reads its own part.
    private func position(inPass index: Int) -> Int64 {
        if archive.kind != .compressedTar { return archive.compressedBytesRead }
        let passed = archive.compressedBytes * Int64(index) + archive.compressedBytesRead
        return passed / Int64(passes.count)
    }

    private func read(_ entry: ArchiveEntry, as layout: CSVDetection, onProgress: () throws -> Void) throws {
        if entry.isDuplicate {
            try sink.report(
                .warning, .valueReplaced, field: "name", "The archive has another file of this name; both are read.")
        }
        func read(_ table: some DelimitedTable) throws {
            var table = table
            try table.read(entry, onProgress: onProgress)
        }
        switch layout {
        case .users: try read(CSVUsers(sink: sink) { try conversations.people.add(username: $0) })
        case .contacts: try read(ContactTable(sink: sink, isAlone: false))
        case .rooms: try read(CSVRooms(sink: sink, conversations: conversations, directCapacity: directCapacity))
        case .directMessages: try read(CSVMessages(place: .direct, sink: sink, conversations: conversations))
        case .messages(let folder):
            try read(CSVMessages(place: .room(named: folder), sink: sink, conversations: conversations))
        case .other: break
        }
    }
}
