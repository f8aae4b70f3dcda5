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
        if let batch = try await prepareBatch(of: phase, includingSuspects: true) { return batch }
        guard store.isShared else { return nil }
        // What others looked at just then could not be seen.
        try await Task.sleep(for: .milliseconds(50))
        return try await prepareBatch(of: phase, includingSuspects: true)
    }

    /// Prepares the next batch while one is written; never a suspect, which may end the process.
    func prepareUpcoming(of phase: Phase) {
        upcoming = (phase, Task { try await prepareBatch(of: phase, includingSuspects: false) })
    }

    func dropUpcoming() async {
        upcoming?.task.cancel()
        switch await upcoming?.task.result {
        case .success(let batch?): abandon(batch.lease)
        case .failure(let error as RejectedBatch): abandon(error.lease)
        default: break
        }
        upcoming = nil
    }

    /// Prolongs what is in hand. Whatever else carries this worker's name, such as a claim of which it never heard
    /// because the connection broke, runs out and is claimed again.
    func renewLeases() async throws {
        let duration = configuration.leaseDuration
        for lease in leasesInHand { try await store.write { try $0.staging.renew(lease, for: duration) } }
    }

    /// A lease that is renewed no longer; it is given back with all others, so that it does not count as an attempt.
    func abandon(_ lease: Lease) {
        leasesInHand.remove(lease)
        abandonedLeases.insert(lease)
    }

    private func prepareBatch(of phase: Phase, includingSuspects: Bool) async throws -> PreparedBatch? {
        while let claimed = try await claim(phase, includingSuspects: includingSuspects) {
            leasesInHand.insert(claimed.lease)
            guard claimed.lease.isExhausted else { return try await prepare(claimed) }
            try await divide(claimed.lease, because: .processEnded)
        }
        return nil
    }

    private func claim(_ phase: Phase, includingSuspects: Bool) async throws -> ClaimedBatch? {
        let (store, configuration, id, importers) = (store, configuration, id, importers)
        let (records, hashings) = (batchSize.records, concurrentHashings)
        let claimsSingly = singleClaims > 0
        if claimsSingly { singleClaims -= 1 }
        return try await store.write { transaction in
            guard let operation = try transaction.operations.hold(id: phase.operation), operation.lifecycle.isRunning,
                let lease = try transaction.staging.claim(
                    phase.type, of: phase.operation, by: id, for: configuration.leaseDuration,
                    target: claimsSingly
                        ? Workload()
                        : configuration.claim(
                            of: phase.type, records: records, pending: operation.counts[phase.type]?.pending ?? 0,
                            concurrentHashings: hashings),
                    includingSuspects: includingSuspects)
            else { return ClaimedBatch?.none }
            return ClaimedBatch(
                lease: lease,
                context: ConversionContext(
                    operation: operation,
                    namesPeopleByUsername: importers[operation.importerKey]?.namesPeopleByUsername ?? false,
                    settings: try ConversionSettings(transaction.settings), store: store))
        }
    }

    private func prepare(_ claimed: ClaimedBatch) async throws -> PreparedBatch? {
        guard let conversion = conversions[claimed.lease.type] else { return nil }
        do {
            // The records are read when the claim is committed: a large answer must not keep its rows locked while this
            // process is slow. Whoever takes the lease over meanwhile may remove records, which the commit then refuses.
            return PreparedBatch(
                lease: claimed.lease, write: try await conversion.prepare(claimed.lease, in: claimed.context))
        } catch {
            if let reason = rejection(of: claimed.lease, for: error) {
                throw RejectedBatch(lease: claimed.lease, reason: reason)
            }
            abandon(claimed.lease)
            throw error
        }
    }
}

/// A batch that no further attempt would import as it is; its lease still stands.
struct RejectedBatch: Error {
    let lease: Lease
    let reason: String
}
