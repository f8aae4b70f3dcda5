import ImportDomain
public import JSON

extension ImportEngine {
    /// Adds users to the staging area of the current operation (`import.addUsers`), all of them or none.
    ///
    /// The body is read as a stream, and its users are staged in batches that stay invisible until the last one is in,
    /// so memory does not depend on their number. Plain-text passwords become digests at once.
    /// - Parameters:
    ///   - chunks: the body's bytes as they arrive.
    ///   - format: how users are written in it.
    ///   - limits: how deep values may nest, and the bytes that one user may take.
    /// - Returns: the number of users; with none, nothing is checked and nothing changes.
    /// - Throws: `InvalidBody` for a body of another shape; then `ImportError` for an operation that takes no records,
    ///   for users without address or import id, for unknown roles, for a body that paused for too long; `StoreError`;
    ///   and whatever `chunks` throws.
    @discardableResult
    public func stageUsers<Chunks: AsyncSequence & Sendable>(
        from chunks: Chunks, format: RecordBodyFormat, limits: JSONLimits = JSONLimits()
    ) async throws -> Int where Chunks.Element == [UInt8] {
        let rules = try await store.read { try IntakeRules($0) }
        let intakeID = environment.identifiers.intakeID()
        do {
            let count = try await receiveUsers(
                from: chunks,
                in: format == .json
                    ? JSONRecordBody(property: "users", limits: limits) : LineRecordBody(limits: limits),
                rules: rules, intakeID: intakeID)
            if let operation = rules.operation, count > 0 {
                try await accept(intakeID, of: count, into: operation)
            }
            return count
        } catch {
            // Why the request failed matters more than what it leaves, which an idle worker removes in time.
            try? await discard(intakeID)
            throw error
        }
    }

    private func receiveUsers<Chunks: AsyncSequence & Sendable>(
        from chunks: Chunks, in body: any RecordBody, rules: IntakeRules, intakeID: IntakeID
    ) async throws -> Int where Chunks.Element == [UInt8] {
        var body = body
        var intake = UserIntake(rules: rules, passwords: environment.passwords)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for try await chunk in chunks {
                try chunk.withUnsafeBytes { bytes in try body.receive(bytes) { try intake.add(&$0) } }
                guard intake.batches.hasComplete else { continue }
                // What follows is read while this is written, and no further.
                try await group.next()
                let batches = intake.batches.take()
                group.addTask { try await self.stage(batches, rules: rules, intakeID: intakeID) }
            }
            try body.finish { try intake.add(&$0) }
            try intake.requireFaultless()
            try await group.next()
            intake.batches.close()
            try await stage(intake.batches.take(), rules: rules, intakeID: intakeID)
            return intake.userCount
        }
    }

    private func stage(_ batches: [[RecordDraft]], rules: IntakeRules, intakeID: IntakeID) async throws {
        guard let operation = rules.operation, !batches.isEmpty else { return }
        try await store.write { transaction in
            for batch in batches {
                try transaction.staging.stage(batch, of: .user, intake: intakeID, operation: operation)
            }
        }
    }

    /// Makes an intake visible, counts it and moves the operation on, together.
    ///
    /// - Parameter count: how many records were staged in it.
    /// - Throws: `ImportError.intakeExpired` when some of them are gone.
    func accept(_ intakeID: IntakeID, of count: Int, into operationID: OperationID) async throws {
        let now = clock.now()
        try await store.write { transaction in
            // The operation may have been cleared, or started, while the body was on its way.
            guard var operation = try transaction.operations.find(id: operationID) else {
                throw ImportError.operationNotInitialized
            }
            try operation.apply(.stageRecords, at: now)
            let counts = try transaction.staging.accept(intakeID)
            guard counts.values.reduce(0, +) == count else { throw ImportError.intakeExpired }
            for (type, count) in counts {
                try transaction.operations.addToCounts(
                    ImportCounts(total: count), of: type, in: operationID, at: now)
            }
            try transaction.operations.update(operation)
        }
    }

    /// Removes what an intake staged before it failed; also when its client is gone and the task is cancelled.
    func discard(_ intakeID: IntakeID) async throws {
        let store = store
        try await Task {
            while try await store.write({ try $0.staging.discard(intakeID, limit: 8_000) }) {}
        }.value
    }
}
