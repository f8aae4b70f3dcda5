import ImportDomain

/// Staged rooms become rooms of the workspace, with the people in them.
///
/// Source: docs/importers.md, "What becomes of a room".
struct RoomConversion: RecordConversion {
    let identifiers: any IdentifierSource
    let queue: PreparationQueue

    func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch {
        let records = try await context.store.read { try $0.staging.records(of: claim) }
        let selection = try await context.selection(
            of: .room, among: records.map { ImportID($0.importID) } + [ImportSelection.directRooms])
        return try await queue.run { [identifiers] in
            var candidates: [RoomCandidate] = []
            var decided: [RecordDecision] = []
            for record in records {
                do {
                    let candidate = try RoomCandidate(record)
                    let isSelected =
                        selection.contains(ImportID(record.importID))
                        || candidate.record.kind == .direct && selection.lists(ImportSelection.directRooms)
                    if isSelected {
                        candidates.append(candidate)
                    } else {
                        decided.append(
                            RecordDecision(record.sequence, importIDs: candidate.importIDs, .skip(.notSelected)))
                    }
                } catch let failure as RecordFailure {
                    decided.append(
                        RecordDecision(
                            record.sequence, importIDs: RoomCandidate.importIDs(ofFailed: record), .fail(failure)))
                }
            }
            // The default channel decides the general room's name before a channel called general can join that room. It
            // comes first in its staged batch, so that decisions do not depend on the number of batches in a claim.
            func order(_ candidate: RoomCandidate) -> (Int64, Int, Int64) {
                let sequence = candidate.sequence
                return (sequence.batch, candidate.record.isGeneral ? 0 : 1, sequence.number)
            }
            let ordered = candidates.sorted { order($0) < order($1) }
            return DecodedRooms(context: context, identifiers: identifiers, candidates: ordered, decided: decided)
        }
    }
}

/// Rooms whose documents are read and whose keys are folded.
private struct DecodedRooms: DecodedBatch {
    let context: ConversionContext
    let identifiers: any IdentifierSource
    let candidates: [RoomCandidate]
    /// Decisions that the records themselves make, whatever the workspace holds.
    let decided: [RecordDecision]

    func decide(by directory: WorkspaceDirectory) throws -> BatchDecisions {
        var rooms = RoomDecisions(
            try RoomDirectory(candidates, context: context, by: directory), context: context, identifiers: identifiers,
            at: directory.moment)
        var records = decided
        records.reserveCapacity(decided.count + candidates.count)
        for candidate in candidates {
            records.append(try rooms.decide(candidate))
        }
        let (number, new, updated, joining) = (context.number, rooms.new, rooms.updated, rooms.joining)
        let missing = rooms.missing
        let changes = rooms.updated.flatMap { $0.after.changes(since: $0.before) }
        return BatchDecisions(
            records: records, findings: rooms.findings, changes: EarlierDecisions(rooms: rooms.directory.changes)
        ) { transaction in
            // A name may become free for a new room.
            for (before, after) in updated {
                try transaction.rooms.update(after, by: number)
                if after.isArchived != before.isArchived {
                    try transaction.rooms.setArchived(after.isArchived, subscriptionsOf: after.id)
                }
            }
            try transaction.rooms.insert(new, by: number)
            try transaction.rooms.join(joining, by: number)
            try transaction.importChanges.record(changes, by: number)
            try transaction.incomplete.note(missing, by: number)
        }
    }
}
