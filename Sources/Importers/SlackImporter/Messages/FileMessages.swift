internal import ImportDomain
internal import ImporterKit

/// Makes messages of the files of a message, as Rocket.Chat has one file a message.
struct FileMessages {
    private let archivedFiles: ArchivedFiles
    private let sink: RecordSink

    init(_ export: SlackExport) {
        archivedFiles = export.archivedFiles
        sink = export.sink
    }

    /// A message for a file of another message, whose id it has with something behind it.
    func record(of message: MessageRecord, suffix: String) -> MessageRecord {
        var record = MessageRecord(
            id: message.id.map { $0 + suffix }, roomID: message.roomID, authorID: message.authorID,
            writtenAt: message.writtenAt, text: "")
        record.thread = message.thread
        record.isShownInRoom = message.isShownInRoom
        record.isBot = message.isBot
        record.alias = message.alias
        record.emoji = message.emoji
        record.avatarURL = message.avatarURL
        return record
    }

    /// Puts a file into a message, or a line with the reason why it is unavailable: a message that waits for a file
    /// forever is lost.
    func fill(_ record: inout MessageRecord, with file: SlackFile, at place: SlackMessages.Place) {
        let name = Self.cleanName(file)
        guard let location = location(of: file, at: place) else {
            let isTooLong = [file.downloadURL, file.privateURL].contains {
                ($0?.utf8.count ?? 0) > RecordLimits.urlBytes
            }
            let reason =
                file.unavailability
                ?? (isTooLong
                    ? "its address is longer than \(RecordLimits.urlBytes) bytes" : "no address in the export")
            let named = file.name == nil && file.title == nil ? "" : " (\(name))"
            add("file not available: \(reason)\(named)", to: &record)
            if let title = file.ownTitle(besides: name) { add(title, to: &record) }
            for line in file.mail.lines(besides: [name, file.title]) { add(line, to: &record) }
            return
        }
        for line in file.mail.lines(besides: [name, file.title]) { add(line, to: &record) }
        if case .external(let url) = location {
            add("[\(name)](\(Self.escapedAddress(url)))", to: &record)
        } else if let text = file.completeText {
            add("```\n\(text)\n```", to: &record)
        }
        for text in [file.ownTitle(besides: name), file.description, file.transcription] {
            if let text { add(text, to: &record) }
        }
        let id = file.id.flatMap { $0.utf8.count <= RecordLimits.importIDBytes ? $0 : nil }
        record.file = FileReference(
            id: id ?? record.id ?? name, name: name, sizeBytes: file.sizeBytes,
            mediaType: file.mediaType.flatMap { $0.utf8.count <= 255 ? $0 : nil },
            source: SlackFile.source, location: location)
    }

    private func add(_ line: String, to record: inout MessageRecord) {
        guard record.text.utf8.count + line.utf8.count < RecordLimits.messageBytes else {
            sink.ignore(.valueReplaced, field: "files[]", value: "text beyond the limit of a message")
            return
        }
        record.text += record.text.isEmpty ? line : "\n\(line)"
    }

    private func location(of file: SlackFile, at place: SlackMessages.Place) -> FileReference.Location? {
        // Slack did not show this message's readers a file that cannot be had, even if another message shows it. Bytes in
        // the folder of the message's own room are for them.
        guard file.denial == nil else { return nil }
        let address = [file.downloadURL, file.privateURL].compactMap { $0 }.first(where: Self.isUsable)
        let archived = file.id.flatMap {
            file.hasAddress ? archivedFiles.entry(of: $0) : archivedFiles.entry(of: $0, inFolderOf: place.entry)
        }
        if let archived { return .archived(entry: archived, url: address) }
        guard file.hasAddress else { return nil }
        if file.isExternal {
            return [file.privateURL, file.downloadURL].compactMap { $0 }.first(where: Self.isUsable)
                .map { .external(url: $0) }
        }
        return address.map { .remote(url: $0) }
    }

    private static func isUsable(_ address: String) -> Bool {
        address.isWebAddress && address.utf8.count <= RecordLimits.urlBytes
    }

    /// A name without folders and control characters, of at most 255 bytes.
    private static func cleanName(_ file: SlackFile) -> String {
        for candidate in [file.name, file.title, file.id] {
            guard let candidate else { continue }
            let last = candidate.split { $0 == "/" || $0 == "\\" }.last ?? ""
            var name = ""
            for scalar in last.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
                if name.utf8.count + UTF8.width(scalar) > 255 { break }
                name.unicodeScalars.append(scalar)
            }
            if !name.isEmpty, name != ".", name != ".." { return name }
        }
        return "file"
    }

    private static func escapedAddress(_ url: String) -> String {
        url.reduce(into: "") { result, character in
            switch character {
            case " ": result += "%20"
            case ")": result += "%29"
            default: result.append(character)
            }
        }
    }
}
