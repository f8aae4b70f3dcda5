import ImportDomain

/// Messages that are ready to be written, and what became of those that are not.
struct MessageBatch: Sendable {
    private struct Candidate: Sendable {
        let message: Message
        let thread: TouchedThread?
        let file: FileReference?
        let place: Place
        /// The people and rooms that it names and that are unknown.
        let unknown: (people: [ImportID], rooms: [ImportID])?
    }

    /// Where the staged document of a message is, should it be needed after all.
    private struct Place: Sendable {
        var pack = 0
        let sequence: RecordSequence
        let line: Range<Int>
    }

    private var candidates: [Candidate] = []
    /// The contents of the packs; what was decoded of them is not kept.
    private var contents: [[UInt8]] = []
    /// Decisions that the records themselves make, and the rooms and people that they name.
    private var decided: [RecordDecision] = []
    /// What was cut to its limit.
    private(set) var findings: [ImportFinding] = []

    /// The messages of one pack.
    init(_ pack: DecodedPack, directory: MessageDirectory) {
        contents = [pack.content]
        decided = pack.decided
        candidates.reserveCapacity(pack.messages.count)
        for decoded in pack.messages {
            let record = decoded.record
            guard !directory.skipsRoom(of: record) else {
                decided.append(RecordDecision(decoded.sequence, .skip(.notSelected)))
                continue
            }
            do {
                candidates.append(try Self.candidate(decoded, directory: directory, &findings))
            } catch {
                guard error.code != .messageUnknownUser || !directory.skipsAuthor(of: record) else {
                    decided.append(RecordDecision(decoded.sequence, .skip(.authorSkipped)))
                    continue
                }
                decided.append(
                    RecordDecision(
                        decoded.sequence, importIDs: [ImportID(record.id ?? "")], .fail(error),
                        document: pack.document(of: decoded)))
            }
        }
    }

    /// Several packs, written together.
    init(joining batches: [MessageBatch]) {
        for batch in batches {
            let offset = contents.count
            contents += batch.contents
            candidates += batch.candidates.map { candidate in
                var place = candidate.place
                place.pack += offset
                return Candidate(
                    message: candidate.message, thread: candidate.thread, file: candidate.file, place: place,
                    unknown: candidate.unknown)
            }
            findings += batch.findings
            decided += batch.decided
        }
    }

    private static func candidate(
        _ decoded: DecodedPack.DecodedMessage, directory: MessageDirectory, _ findings: inout [ImportFinding]
    ) throws(RecordFailure) -> Candidate {
        let record = decoded.record
        if let violation = record.limitViolation {
            throw RecordFailure(code: .messageRejected, message: violation.message, field: violation.field)
        }
        guard let writtenAt = record.writtenAt else {
            throw RecordFailure(
                code: .messageInvalidTimestamp, message: "The message has no valid timestamp.", field: "ts")
        }
        let room = try directory.room(of: record)
        let author = try directory.author(of: record)
        let id = MessageID(record.id.flatMap { $0.isEmpty ? nil : $0 } ?? "staged-\(decoded.sequence.number)")
        let mentions = MentionText(
            people: record.mentionIDs.compactMap { id in directory.people[id].map { (id, $0.username) } },
            rooms: record.roomMentionIDs.compactMap { id in
                directory.rooms[ImportID(id)].map { (id, $0.name(in: room)) }
            })
        let rewriting = mentions.rewritten(
            record.text, limitBytes: RecordLimits.messageBytes(stagedBytes: record.text.utf8.count))
        if rewriting.isClipped {
            findings.append(
                ImportFinding(
                    .warning, .limitExceeded, field: "msg", value: id.rawValue,
                    message: "The text of a message, with names in place of ids, may have \(RecordLimits.messageBytes) "
                        + "bytes and 8 times its bytes before. The rest is left out."))
        }
        var message = Message(
            id: id, roomID: room, authorID: author.id, writtenAt: writtenAt, sequence: decoded.sequence.number,
            text: rewriting.text)
        message.systemKind = record.systemKind.flatMap { $0.isEmpty ? nil : $0 }
        message.threadID = record.thread.map { MessageID($0.parentID) }
        message.isShownInRoom = record.isShownInRoom
        message.editedAt = record.editedAt
        message.isPinned = record.isPinned
        var builder = MessageDetailsBuilder(
            record: record, room: room, people: directory.people, rooms: directory.rooms,
            stagedBytes: decoded.line.place.count)
        message.details = builder.details()
        let limited = builder.findings(ofMessage: id)
        findings += limited
        // What is imported again is reported again, and files that are missing are looked for again.
        let unknown = directory.unknownNames(in: record)
        if record.file == nil, !rewriting.isClipped, limited.isEmpty, unknown == nil {
            message.recordDigest = decoded.line.digest
        }
        return Candidate(
            message: message,
            thread: record.thread.map {
                TouchedThread(parentID: MessageID($0.parentID), roomID: room, startedAt: $0.startedAt)
            },
            file: record.file, place: Place(sequence: decoded.sequence, line: decoded.line.place), unknown: unknown)
    }

    private static func decoded(_ incomplete: IncompleteMessage) -> DecodedPack.DecodedMessage? {
        let line = StagedRecord(
            sequence: incomplete.sequence, importID: incomplete.id.rawValue, document: incomplete.document, secret: nil)
        return DecodedPack(PackLines([line])).messages.first
    }

    /// The record of an imported message; nil if it cannot be read back.
    static func record(of incomplete: IncompleteMessage) -> MessageRecord? { decoded(incomplete)?.record }

    /// An imported message with the people and rooms that were unknown, as far as they are known now.
    ///
    /// - Parameter held: the message as it is.
    /// - Returns: the message as it is then, and what is still unknown; nil if it is not any more what its record made of
    ///   it.
    static func completed(
        _ incomplete: IncompleteMessage, held: Message, by directory: MessageDirectory
    ) -> (message: Message, unknown: (people: [ImportID], rooms: [ImportID])?)? {
        guard let decoded = decoded(incomplete) else { return nil }
        var findings: [ImportFinding] = []
        do {
            let before = directory.without(people: Set(incomplete.people), rooms: Set(incomplete.rooms))
            let earlier = try candidate(decoded, directory: before, &findings).message
            guard earlier.roomID == held.roomID, earlier.authorID == held.authorID,
                !earlier.merged(into: held).differs(from: held)
            else { return nil }
            let candidate = try candidate(decoded, directory: directory, &findings)
            return (candidate.message.merged(into: held), candidate.unknown)
        } catch {
            // A record that would fail by now leaves the message as it is.
            return nil
        }
    }

    private func document(at place: Place) -> String {
        String(decoding: contents[place.pack][place.line], as: UTF8.self)
    }

    /// Which messages are new, and which replace an earlier telling that the workspace holds.
    func decide(
        by directory: WorkspaceDirectory, order: TellingOrder, operation: OperationID, number: ImportNumber,
        rowsOf store: any ConversionStore
    ) throws -> BatchDecisions {
        var records = decided
        // A message that is written just now is compared as it is then, with the files that it has by then.
        guard !candidates.contains(where: { directory.earlier.messages.contains($0.message.id) }) else {
            throw OutdatedDecisions()
        }
        let present = try directory.workspace.messages.find(ids: candidates.map(\.message.id))
        var known = Dictionary(present.map { ($0.id, $0) }) { first, _ in first }
        var new: [Message] = []
        var updated: [MessageID: (before: Message, after: Message)] = [:]
        // A source may tell a message twice.
        var places: [MessageID: Int] = [:]
        places.reserveCapacity(candidates.count)
        var added: [RoomID: Int] = [:]
        var threads = Set<TouchedThread>()
        var files: [WantedFile] = []
        var incomplete: [IncompleteMessage] = []
        func note(_ candidate: Candidate) {
            guard let unknown = candidate.unknown else { return }
            incomplete.append(
                IncompleteMessage(
                    id: candidate.message.id, sequence: candidate.place.sequence,
                    document: document(at: candidate.place), people: unknown.people, rooms: unknown.rooms))
        }
        new.reserveCapacity(candidates.count)
        records.reserveCapacity(decided.count + candidates.count)
        for candidate in candidates {
            let message = candidate.message
            guard let holder = known[message.id] ?? places[message.id].map({ new[$0] }) else {
                places[message.id] = new.count
                new.append(message)
                added[message.roomID, default: 0] += 1
                if let thread = candidate.thread { threads.insert(thread) }
                if let file = candidate.file { files.append(WantedFile(file, in: message)) }
                note(candidate)
                records.append(
                    RecordDecision(candidate.place.sequence, .create, subject: message.id.rawValue))
                continue
            }
            guard holder.roomID == message.roomID, holder.authorID == message.authorID || holder.isStandIn else {
                records.append(
                    RecordDecision(
                        candidate.place.sequence, importIDs: [ImportID(message.id.rawValue)],
                        .fail(.conflict(with: holder)), document: document(at: candidate.place)))
                continue
            }
            var latest = holder
            if order.counts(message, over: holder) {
                let merged = message.merged(into: holder)
                if merged.differs(from: holder), order.counts(merged, overEquallyEdited: holder) { latest = merged }
            }
            records.append(
                RecordDecision(
                    candidate.place.sequence, latest == holder ? .unchanged : .update, subject: message.id.rawValue,
                    changes: latest == holder ? [] : latest.shownChanges(since: holder)))
            if latest != holder {
                note(candidate)
                if let place = places[message.id] {
                    new[place] = latest
                } else {
                    updated[message.id] = (updated[message.id]?.before ?? holder, latest)
                    known[message.id] = latest
                }
            }
            // An earlier export may have had the message without the bytes of its file.
            if case .archived? = candidate.file?.location, message.editedAt == latest.editedAt,
                !holder.details.showsFile, let file = candidate.file
            {
                files.append(WantedFile(file, in: latest))
            }
        }
        var changes = EarlierDecisions()
        changes.messages = Set(places.keys).union(updated.keys)
        let edits = updated.values.sorted { $0.after.id.rawValue < $1.after.id.rawValue }
        let (rows, wanted, touched, counts) = (store.rows(of: new, by: number), files, threads, added)
        let noted = incomplete
        return BatchDecisions(records: records, findings: findings, changes: changes) { transaction in
            for (before, after) in edits {
                try transaction.messages.update(after, replacing: before, by: number)
            }
            try transaction.messages.insert(rows)
            try transaction.rooms.touch(counts, by: operation)
            try transaction.messages.touch(Array(touched), by: operation)
            if !wanted.isEmpty { try transaction.downloads.enqueue(wanted, by: operation) }
            try transaction.incomplete.note(noted, by: number)
        }
    }
}

extension RecordFailure {
    fileprivate static func conflict(with holder: Message) -> RecordFailure {
        RecordFailure(
            code: .messageIDConflict,
            message: "A message with this id was written by somebody else, or in another room.", field: "_id",
            clashesWith: holder.id.rawValue)
    }
}

/// Which of two tellings of one message counts.
///
/// The later edit counts, and an edit counts more than none, whatever the order of imports. Without an edit that tells
/// them apart, the fuller telling of a file counts: that does not depend on order either, so that importing a file
/// again changes nothing even if it tells a message twice. A caller of the API replaces what was there, as upstream
/// does.
/// Source: docs/importers.md, "What becomes of a message".
struct TellingOrder: Sendable {
    /// Whether a telling replaces one that was edited at the same time, or was not edited either.
    let replacesEquallyEdited: Bool

    /// Whether a telling may count more than the one that the workspace holds.
    func counts(_ message: Message, over held: Message) -> Bool {
        held.isStandIn || (message.editedAt ?? .distantPast) >= (held.editedAt ?? .distantPast)
    }

    /// Whether a telling, merged with what the workspace added to the message, counts more than the held one unless the
    /// held one was edited later.
    func counts(_ merged: Message, overEquallyEdited held: Message) -> Bool {
        if replacesEquallyEdited || held.isStandIn || merged.editedAt != held.editedAt { return true }
        let (new, old) = (Telling(merged), Telling(held))
        if new.fullness != old.fullness { return new.fullness > old.fullness }
        if new.strings != old.strings { return old.strings.lexicographicallyPrecedes(new.strings) }
        return merged.writtenAt > held.writtenAt
    }

    /// What a message tells.
    private struct Telling {
        /// The text first, then the details.
        let strings: [String]
        let fullness: Int

        init(_ message: Message) {
            strings = [message.text] + message.details.strings
            fullness =
                strings.reduce(0) { $0 + $1.utf8.count } + (message.isShownInRoom ? 1 : 0)
                + (message.isPinned ? 1 : 0) + (message.threadID == nil ? 0 : 1)
        }
    }
}

extension Timestamp {
    /// Before every time of a message.
    fileprivate static let distantPast = Timestamp(milliseconds: .min)
}

extension Message {
    /// The fields that differ from an earlier state, for people.
    fileprivate func shownChanges(since before: Message) -> [FieldChange] {
        var changes: [FieldChange] = []
        func compare<Value: Equatable>(_ field: String, _ value: (Message) -> Value?, _ shown: (Value) -> String?) {
            let (old, new) = (value(before), value(self))
            if old != new { changes.append(FieldChange(field, from: old.flatMap(shown), to: new.flatMap(shown))) }
        }
        let text: (String) -> String? = { FieldChange.shown($0) }
        compare("msg", \.text, text)
        compare("u", \.authorID.rawValue, text)
        compare("t", \.systemKind, text)
        compare("tmid", \.threadID?.rawValue, text)
        compare("tshow", \.isShownInRoom) { "\($0)" }
        compare("pinned", \.isPinned) { "\($0)" }
        compare("ts", \.writtenAt.iso8601, text)
        compare("editedAt", \.editedAt?.iso8601, text)
        compare("alias", \.details.alias, text)
        compare("emoji", \.details.emoji, text)
        compare("avatar", \.details.avatarURL) { text(ShownURL.text(of: $0)) }
        compare("editedBy", \.details.editor?.username, text)
        compare("attachments", \.details.attachments, text)
        // That a list or a file changes is enough.
        compare("mentions", \.details.mentions) { _ in nil }
        compare("channels", \.details.rooms) { _ in nil }
        compare("reactions", \.details.reactions) { _ in nil }
        compare("file", \.details.file) { _ in nil }
        return changes
    }

    /// Whether it is a placeholder, because answers to it were imported and it was not.
    fileprivate var isStandIn: Bool { authorID == .rocketCat && text == Message.standInText }

    /// Whether a message has another content, whatever record it was made of.
    fileprivate func differs(from other: Message) -> Bool {
        var other = other
        other.recordDigest = recordDigest
        return self != other
    }

    /// What another import makes of a message that is there: what the source tells is taken over, what the workspace
    /// has added since (counts, fetched files) stays.
    fileprivate func merged(into holder: Message) -> Message {
        var merged = Message(
            id: holder.id, roomID: holder.roomID, authorID: authorID, writtenAt: writtenAt, sequence: holder.sequence,
            text: text)
        merged.systemKind = systemKind
        merged.threadID = threadID
        merged.isShownInRoom = isShownInRoom
        merged.editedAt = editedAt
        merged.isPinned = isPinned
        merged.isHidden = holder.isHidden
        merged.replyCount = holder.replyCount
        merged.lastReplyAt = holder.lastReplyAt
        merged.details = details.merged(into: holder.details)
        merged.recordDigest = recordDigest
        return merged
    }
}
