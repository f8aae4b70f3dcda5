import BoundedQueue
import ImportDomain

extension FilePreparation {
    /// Takes the files that messages carry out of the operation's own file, and moves the operation on.
    ///
    /// What has been taken is written down file by file, so whoever claims the operation next passes over it. A file
    /// that cannot be read is told in its messages and in a finding; it holds up neither the others nor the import.
    func takeAttachedFiles(_ claim: PreparationClaim) async throws {
        if let file = claim.operation.file, let importer = engine.readers[claim.operation.importerKey] {
            let source = ImportFile(
                path: engine.files.path(of: try FileKey(.imports, id: file.id.rawValue)), name: file.name)
            let keeper = ArchivedFileKeeper(engine.environment, claim: claim)
            let chunks = BoundedQueue<ArchivedFileChunk>(capacity: 3)
            do {
                try await queue.produce(into: chunks) {
                    try importer.readAttachedFiles(of: source, into: ArchivedFileOutput(chunks))
                } consuming: { chunk in
                    try await keeper.take(chunk)
                } discarding: { chunk in
                    if case .begin(_, _, _, let question) = chunk { question.answer(false) }
                }
            } catch let failure as ImportFileFailure {
                await keeper.discard()
                return try await endTakingFiles(claim, because: failure)
            } catch {
                await keeper.discard()
                throw error
            }
        }
        try await endTakingFiles(claim)
    }

    /// Moves the operation on.
    ///
    /// - Parameter failure: why not all files could be taken.
    func endTakingFiles(_ claim: PreparationClaim, because failure: ImportFileFailure? = nil) async throws {
        let now = clock.now()
        let finding = failure.map {
            ImportFinding(
                .error, .entryUnreadable, entry: $0.entry,
                message: "Not all files of messages could be taken out of the archive. \($0.message)")
        }
        try await store.write { transaction in
            var operation = try transaction.operations.verify(claim)
            if let finding {
                try transaction.findings.add([finding], to: operation.id, limitPerCode: ImportEngine.findingsPerCode)
            }
            try operation.apply(.reach(.finishing), at: now)
            try transaction.operations.update(operation)
            try transaction.operations.finishPreparation(claim)
        }
        workSignal.notify()
    }
}
