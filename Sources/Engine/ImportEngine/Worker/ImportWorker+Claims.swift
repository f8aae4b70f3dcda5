import ImportDomain

extension ImportWorker {
    /// The records of one type of one operation.
    struct Phase: Equatable, Sendable {
        let operation: OperationID
        let type: RecordType
    }

    /// Batches that are ready to be written.
    struct PreparedBatch: Sendable {
        let lease: Lease
        let write: BatchWrite
    }

    private struct ClaimedBatch: Sendable {
        let lease: Lease
        let context: ConversionContext
    }

    /// Takes the batch that was prepared meanwhile, or claims one.
    func nextBatch(of phase: Phase) async throws -> PreparedBatch? {
        if let upcoming, upcoming.phase == phase {
            self.upcoming = nil
            let batch = try await withTaskCancellationHandler {
                try await upcoming.task.value
            } onCancel: {
                upcoming.task.cancel()
            }
            // A claim that came up empty may be older than the latest batch of somebody else that was given back.
            if let batch { return batch }
        }
        await dropUpcoming()
        if let batch = try await prepareBatch(of: phase) { return batch }
        guard store.isShared else { return nil }
        // What others looked at just then could not be seen.
        try await Task.sleep(for: .milliseconds(50))
        return try await prepareBatch(of: phase)
    }

    func prepareUpcoming(of phase: Phase) {
        upcoming = (phase, Task { try await prepareBatch(of: phase) })
    }

    func dropUpcoming() async {
        upcoming?.task.cancel()
        if case .success(let batch?) = await upcoming?.task.result {
            // It runs out by itself, or is given back with the others.
            leasesInHand.remove(batch.lease)
        }
        upcoming = nil
    }

    /// Prolongs what is in hand. Whatever else carries this worker's name, such as a claim of which it never heard
    /// because the connection broke, runs out and is claimed again.
    func renewLeases() async throws {
        let duration = configuration.leaseDuration
        for lease in leasesInHand { try await store.write { try $0.staging.renew(lease, for: duration) } }
    }

    private func prepareBatch(of phase: Phase) async throws -> PreparedBatch? {
        let (store, configuration, id, importers) = (store, configuration, id, importers)
        let (records, hashings) = (batchSize.records, concurrentHashings)
        let claimed = try await store.write { transaction in
            guard let operation = try transaction.operations.hold(id: phase.operation), operation.isRunning,
                let lease = try transaction.staging.claim(
                    phase.type, of: phase.operation, by: id, for: configuration.leaseDuration,
                    target: configuration.claim(
                        of: phase.type, records: records, pending: operation.counts[phase.type]?.pending ?? 0,
                        concurrentHashings: hashings))
            else { return ClaimedBatch?.none }
            return ClaimedBatch(
                lease: lease,
                context: ConversionContext(
                    operation: operation,
                    namesPeopleByUsername: importers[operation.importerKey]?.namesPeopleByUsername ?? false,
                    settings: try ConversionSettings(transaction.settings), store: store))
        }
        guard let claimed, let conversion = conversions[phase.type] else { return nil }
        leasesInHand.insert(claimed.lease)
        do {
            // The records are read when the claim is committed: a large answer must not keep its rows locked while this
            // process is slow. Whoever takes the lease over meanwhile may remove records, which the commit then refuses.
            return PreparedBatch(
                lease: claimed.lease, write: try await conversion.prepare(claimed.lease, in: claimed.context))
        } catch {
            leasesInHand.remove(claimed.lease)
            throw error
        }
    }
}
