import ImportDomain

/// Staged contacts are counted and skipped: the workspace has no live chat.
///
/// Source: docs/importers.md, "Contacts".
struct ContactConversion: RecordConversion {
    func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch {
        DecodedContacts(records: try await context.store.read { try $0.staging.records(of: claim) })
    }
}

private struct DecodedContacts: DecodedBatch {
    let records: [StagedRecord]

    func decide(by directory: WorkspaceDirectory) throws -> BatchDecisions {
        BatchDecisions(
            records: records.map { RecordDecision($0.sequence, importIDs: [ImportID($0.importID)], .skip(.contact)) },
            changes: directory.earlier.written
        ) { _ in }
    }
}
