import ImportDomain
import JSON

/// A staged room, decoded and checked, with the keys by which it may meet rooms that are there already.
struct RoomCandidate: Sendable {
    let sequence: RecordSequence
    let record: RoomRecord
    /// What was cut to its limit.
    let findings: [ImportFinding]
    /// Import ids without repetition.
    private(set) var importIDs: [ImportID]
    /// Import ids of the members without repetition.
    let memberIDs: [ImportID]
    /// The name in addresses; nil for direct rooms.
    let name: String?
    /// The folded name; nil for direct rooms.
    let nameKey: String?

    /// Decodes a staged document.
    ///
    /// - Throws: `RecordFailure` for a record that cannot be imported, whatever the workspace holds.
    init(_ staged: StagedRecord) throws {
        var record: RoomRecord
        do {
            record = try JSONReader.read(staged.document) { try RoomDocument.read(&$0) }
        } catch {
            throw RecordFailure(code: .internalError, message: "The staged record cannot be read back: \(error)")
        }
        if let violation = record.limitViolation {
            throw RecordFailure(code: .roomValueTooLong, message: violation.message, field: violation.field)
        }
        var findings: [ImportFinding] = []
        while let violation = record.textLimitViolation {
            findings.append(
                ImportFinding(
                    .warning, .limitExceeded, field: violation.field, value: staged.importID,
                    message: "\(violation.message) The rest is left out."))
            record.topic = record.topic?.clipped(toBytes: RecordLimits.descriptionBytes)
            if violation.field == "description" {
                record.description = record.description?.clipped(toBytes: RecordLimits.descriptionBytes)
            }
        }
        (self.record, self.findings) = (record, findings)
        sequence = staged.sequence
        importIDs = record.importIDs.compactMap { $0.isEmpty ? nil : ImportID($0) }.distinct()
        guard !importIDs.isEmpty else {
            throw RecordFailure(
                code: .roomMissingImportID, message: "A room needs an import id; this one has none.",
                field: "importIds")
        }
        memberIDs = record.memberIDs.compactMap { $0.isEmpty ? nil : ImportID($0) }.distinct()
        guard record.kind != .direct else {
            (name, nameKey) = (nil, nil)
            return
        }
        let given = CaseFolding.trim(record.name ?? "")
        guard !given.isEmpty else {
            throw RecordFailure(
                code: .roomMissingName, message: "A public or private room needs a name; this one has none.",
                field: "name")
        }
        // Transliteration can make a name longer.
        let name = Slug.roomName(of: given).clipped(toBytes: RecordLimits.roomNameBytes)
        (self.name, nameKey) = (name, CaseFolding.key(name))
    }

    /// The import ids of a record that is no candidate; longer ids than the limit name no room.
    static func importIDs(ofFailed staged: StagedRecord) -> [ImportID] {
        // A document that cannot be read back has the id that was staged beside it.
        let record = try? JSONReader.read(staged.document) { try RoomDocument.read(&$0) }
        return (record?.importIDs ?? [staged.importID]).filter {
            !$0.isEmpty && $0.utf8.count <= RecordLimits.importIDBytes
        }.map { ImportID($0) }
    }

    /// The same room with import ids that only this operation's messages mean: another room has its own.
    func keptApart(in operation: OperationID) -> RoomCandidate {
        var candidate = self
        candidate.importIDs = importIDs.map { $0.keptApart(in: operation) }
        return candidate
    }

    /// The name as people wrote it, if it is not the one in addresses.
    var displayName: String? {
        let given = CaseFolding.trim(record.name ?? "")
        return given == name ? nil : given
    }

    /// The room that this record describes, under a name that is free.
    func room(
        id: RoomID, name: String?, creator: UserID?, participants: [UserID], at moment: Timestamp
    ) -> Room {
        Room(
            id: id, kind: record.kind, name: name, displayName: name == nil ? nil : displayName,
            participants: participants, topic: nonEmpty(record.topic), description: nonEmpty(record.description),
            isArchived: record.isArchived, creatorID: creator, importIDs: importIDs,
            createdAt: record.createdAt ?? moment, updatedAt: moment)
    }

    private func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}

extension ImportID {
    /// The import id of a room that an operation kept apart from the room that has this one.
    ///
    /// An import id belongs to one room, and messages name it. Those of the operation mean its own room.
    func keptApart(in operation: OperationID) -> ImportID { ImportID(keptApartPrefix + operation.rawValue) }

    /// With what the import ids begin of rooms that were kept apart from the room that has this one.
    var keptApartPrefix: String { rawValue + "#" }
}
