import ImportDomain

/// Staged rooms become rooms of the workspace, with the people in them.
///
/// Source: docs/importers.md, "What becomes of a room".
struct RoomConversion: RecordConversion {
    let identifiers: any IdentifierSource
    let queue: PreparationQueue

    func prepare(_ lease: Lease, in context: ConversionContext) async throws -> BatchWrite {
        let records = try await context.store.read { try $0.staging.records(of: lease) }
        let selection = try await context.selection(
            of: .room, among: records.map { ImportID($0.importID) } + [ImportSelection.directRooms])
        let prepared = try await queue.run {
            var candidates: [RoomCandidate] = []
            var outcome = BatchOutcome()
            for record in records {
                do {
                    let candidate = try RoomCandidate(record)
                    let isSelected =
                        selection.contains(ImportID(record.importID))
                        || candidate.record.kind == .direct && selection.contains(ImportSelection.directRooms)
                    if isSelected {
                        candidates.append(candidate)
                    } else {
                        outcome.skipped.append(SkippedRecord(record.sequence, importIDs: candidate.importIDs))
                    }
                } catch let failure as RecordFailure {
                    outcome.faults.append(
                        RecordFault(record.sequence, failure, importIDs: RoomCandidate.importIDs(ofFailed: record)))
                }
            }
            // The default channel decides the general room's name before a channel called general can join that room.
            let ordered = candidates.filter(\.record.isGeneral) + candidates.filter { !$0.record.isGeneral }
            return (candidates: ordered, outcome: outcome)
        }
        let identifiers = identifiers
        return { transaction, moment in
            var writer = try RoomWriter(
                prepared.candidates, context: context, identifiers: identifiers, at: moment, in: transaction)
            var outcome = prepared.outcome
            for candidate in prepared.candidates {
                do {
                    try writer.add(candidate)
                } catch let failure as RecordFailure {
                    outcome.faults.append(
                        RecordFault(candidate.sequence, failure, importIDs: candidate.importIDs))
                }
            }
            try writer.finish()
            outcome.created = writer.created
            outcome.updated = writer.updated
            outcome.unchanged = writer.unchanged
            return outcome
        }
    }
}
