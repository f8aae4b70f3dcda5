import ImportDomain

/// Staged contacts are counted and skipped: the workspace has no live chat.
///
/// Source: docs/importers.md, "Contacts".
struct ContactConversion: RecordConversion {
    func prepare(_ lease: Lease, in context: ConversionContext) async throws -> BatchWrite {
        let contacts = try await context.store.read { try $0.staging.records(of: lease) }.map {
            SkippedRecord($0.sequence, importIDs: [ImportID($0.importID)])
        }
        return { _, _ in BatchOutcome(skipped: contacts) }
    }
}
