public import ImportDomain
public import JSON

/// The result of a request to try failed records again.
public struct RetryResult: Sendable {
    /// The operation, which runs again.
    public let operation: ImportOperation
    /// How many records are tried again or skipped.
    public let count: Int
    /// How many of them are corrected first.
    public let correctedCount: Int
    /// Titles of columns of a table that mean nothing.
    public let ignoredColumns: [String]
}

/// Tries failed records of a finished import again, corrected or as they are (`import.retry`).
///
/// A body is read as a stream, and what it says is staged in chunks, so memory does not depend on its size. Either all of
/// it is accepted, and the operation runs again, or nothing changes.
/// Source: docs/architecture.md, "Trying failed records again".
public struct RetryRecords: Sendable {
    /// So many records, or so many bytes of them, are staged in one transaction.
    private static let pageLength = 500
    private static let pageBytes = 1 << 20
    /// How many wrong ids an error names.
    private static let namedIDs = 20

    private let environment: WorkspaceEnvironment
    private let workSignal: WorkSignal

    init(_ environment: WorkspaceEnvironment, workSignal: WorkSignal) {
        self.environment = environment
        self.workSignal = workSignal
    }

    /// Tries failed records again.
    ///
    /// A body that lists ids is about these and those that it corrects. Any other body is about every failed record of its
    /// type and code, all by default, and those that it corrects.
    /// - Parameters:
    ///   - chunks: the body's bytes as they arrive; none for all failed records.
    ///   - format: the form of the body.
    ///   - operation: the operation, if the body names none; nil for the current one.
    ///   - policies: the policies of the run, from those of the operation and the field `policy` of a JSON body, as JSON
    ///     text; nil if it has none.
    ///   - limits: how deep values may nest, and how many bytes one record may take.
    ///   - permit: throws if the caller may not run this import; what it throws is thrown on.
    /// - Throws: `InvalidBody` for a body of another shape; then `ImportError`: `.rejected` for an import that is not
    ///   finished, is history or has no such records, `.recordsNotFailed`, `.recordsRepeated`, `.missingUserData`,
    ///   `.invalidRole`, `.intakeExpired`; `StoreError`; and whatever `chunks` throws.
    public func retry<Chunks: AsyncSequence & Sendable>(
        from chunks: Chunks, format: RetryBodyFormat, of operation: OperationID? = nil,
        policies: @escaping @Sendable (ImportPolicies, String?) throws -> ImportPolicies = { present, _ in present },
        limits: JSONLimits = JSONLimits(maximumElementBytes: 16 << 20),
        permitting permit: @escaping @Sendable (ImportOperation) throws -> Void = { _ in }
    ) async throws -> RetryResult where Chunks.Element == [UInt8] {
        var body: any RetryBody =
            switch format {
            case .json: JSONRetryBody(limits: limits)
            case .lines: LineRetryBody(limits: limits)
            case .table: TableRetryBody()
            }
        var request = RetryIntake(
            environment, rules: try await environment.store.read { try RetryIntake.Rules($0) })
        do {
            var (items, bytes) = ([RetryItem](), 0)
            for try await chunk in chunks {
                try chunk.withUnsafeBytes { try body.receive($0) }
                let new = body.take()
                items += new
                bytes += new.reduce(0) { $0 + $1.sizeBytes }
                guard items.count >= Self.pageLength || bytes >= Self.pageBytes else { continue }
                try await request.stage(items)
                (items, bytes) = ([], 0)
            }
            try body.finish()
            try await request.stage(items + body.take())
            return try await accept(
                request, body.scope, of: body.scope.operation ?? operation, policies, permitting: permit)
        } catch {
            // Why the request failed matters more than what it leaves, which an idle worker removes in time.
            try? await request.discard()
            throw error
        }
    }

    private func accept(
        _ intake: RetryIntake, _ scope: RetryBodyScope, of id: OperationID?,
        _ policies: @escaping @Sendable (ImportPolicies, String?) throws -> ImportPolicies,
        permitting permit: @escaping @Sendable (ImportOperation) throws -> Void
    ) async throws -> RetryResult {
        let now = environment.clock.now()
        let request = RetryRequest(
            intake: intake.id,
            scope: scope.isListed && scope.filter == FailureFilter() ? .listed : .matching(scope.filter))
        let (operation, count) = try await environment.store.write(.acceptRetry) { transaction in
            let found = try id.map { try transaction.operations.find(id: $0) } ?? transaction.operations.current()
            guard var operation = found else {
                throw ImportError.rejected(.notFound(id, of: .retry))
            }
            let lifecycle = operation.lifecycle
            if let other = try transaction.operations.undoing(), other.id != operation.id {
                throw ImportError.rejected(ImportRejection(.anotherImportActive, of: .retry, in: other.lifecycle))
            }
            // Under the policies of the former run and under those of this one.
            try permit(operation)
            try operation.retry(
                under: policies(operation.start?.policies ?? .ofCalls, scope.policies), at: now)
            try permit(operation)
            let outsiders = try transaction.retries.outsiders(
                of: request.intake, in: operation.id, limit: Self.namedIDs)
            let wrong = intake.wrongIDs + outsiders.map { String($0.number) }
            guard wrong.isEmpty else { throw ImportError.recordsNotFailed(ids: Array(wrong.prefix(Self.namedIDs))) }
            try intake.requireFaultless()
            let accepted = try transaction.retries.accept(request, of: operation.id)
            // Housekeeping may have purged part of the intake while the machine was suspended.
            guard accepted.named == intake.stagedCount else { throw ImportError.intakeExpired }
            guard accepted.total > 0 else {
                throw ImportError.rejected(ImportRejection(.nothingToRetry, of: .retry, in: lifecycle))
            }
            try transaction.operations.update(operation)
            try transaction.announceWork()
            return (operation, accepted.total)
        }
        workSignal.notify()
        return RetryResult(
            operation: operation, count: count, correctedCount: intake.correctedCount,
            ignoredColumns: scope.ignoredColumns)
    }
}

/// What one request says about failed records, staged and not accepted yet.
private struct RetryIntake: Sendable {
    /// What the workspace demands of records, as it is when the request begins.
    struct Rules: Sendable {
        let defaultRoles: [String]
        let knownRoles: Set<String>

        init(_ transaction: any StoreTransaction) throws {
            defaultRoles = try transaction.settings.defaultRoles()
            knownRoles = try transaction.roles.roleIDs()
        }
    }

    let id: IntakeID
    /// How many records are staged.
    private(set) var stagedCount = 0
    /// How many of them are corrected.
    private(set) var correctedCount = 0
    /// Ids that no failed record has, as many as an error names.
    private(set) var wrongIDs: [String] = []
    private var repeatedIDs: [String] = []
    private var invalid: ImportError?

    private let environment: WorkspaceEnvironment
    private let rules: Rules

    init(_ environment: WorkspaceEnvironment, rules: Rules) {
        self.environment = environment
        self.rules = rules
        id = environment.identifiers.intakeID()
    }

    private var isFaultless: Bool { wrongIDs.isEmpty && repeatedIDs.isEmpty && invalid == nil }

    /// Rejects the request for its first fault.
    func requireFaultless() throws {
        guard repeatedIDs.isEmpty else { throw ImportError.recordsRepeated(ids: repeatedIDs) }
        if let invalid { throw invalid }
    }

    /// Checks items against the records that they name and stages them, in transactions of limited size.
    ///
    /// - Throws: `InvalidBody` for a record of another shape.
    mutating func stage(_ items: [RetryItem]) async throws {
        // A short line of a table is completed by the record that it corrects, which may be large.
        let corrected = items.filter { $0.isCorrection }.compactMap { RecordSequence(id: $0.id) }.distinct()
        let sizes =
            corrected.isEmpty ? [:] : try await environment.store.read { try $0.retries.documentSizes(of: corrected) }
        var (part, bytes) = ([RetryItem](), 0)
        for item in items {
            let size = item.isCorrection ? RecordSequence(id: item.id).flatMap { sizes[$0] } ?? 0 : 0
            if !part.isEmpty, bytes + size > Self.documentBytes {
                try await stageAtOnce(part)
                (part, bytes) = ([], 0)
            }
            part.append(item)
            bytes += size
        }
        try await stageAtOnce(part)
    }

    /// How many bytes of staged records are in memory, if no single one is larger.
    private static let documentBytes = 8 << 20

    private mutating func stageAtOnce(_ items: [RetryItem]) async throws {
        guard !items.isEmpty else { return }
        // A list of ids is short, and what it names may be large.
        let corrections = items.filter { $0.isCorrection }
        let corrected = Set(corrections.compactMap { RecordSequence(id: $0.id) })
        let others = Set(items.compactMap { RecordSequence(id: $0.id) }).subtracting(corrected)
        let (found, importers) = try await environment.store.read { transaction in
            let found =
                try transaction.retries.find(Array(corrected), includingDocuments: true)
                + transaction.retries.find(Array(others), includingDocuments: false)
            var importers: [OperationID: ImporterKey] = [:]
            for operation in Set(found.map(\.operation)) {
                importers[operation] = try transaction.operations.find(id: operation)?.importerKey
            }
            return (found, importers)
        }
        let targets = Dictionary(found.map { ($0.sequence, $0) }) { first, _ in first }
        var records: [RecordSequence: RetriedRecord] = [:]
        for item in items {
            guard let sequence = RecordSequence(id: item.id), let target = targets[sequence], target.isFailed else {
                Self.note(item.id, in: &wrongIDs)
                continue
            }
            let action = try action(of: item, on: target, importer: importers[target.operation])
            switch (records[sequence]?.action, action) {
            case (nil, _), (.again?, _):
                records[sequence] = RetriedRecord(sequence, of: target.operation, action)
            case (_, .again): break
            default: Self.note(item.id, in: &repeatedIDs)
            }
        }
        guard isFaultless else { return }
        let (new, intake) = (records.values.sorted { $0.sequence < $1.sequence }, id)
        let staged = try await environment.store.write(.stageRetry) { try $0.retries.stage(new, intake: intake) }
        stagedCount += staged.newCount
        correctedCount += new.count { if case .corrected = $0.action { true } else { false } }
        for sequence in staged.repeated { Self.note(String(sequence.number), in: &repeatedIDs) }
    }

    private static func note(_ id: String, in ids: inout [String]) {
        if ids.count < 20 { ids.append(String(id.prefix(64))) }
    }

    // MARK: Corrections

    private mutating func action(
        of item: RetryItem, on target: StagedRetryTarget, importer: ImporterKey?
    ) throws -> RetriedRecord.Action {
        do {
            switch item.content {
            case .again: return .again
            case .skip: return .skip
            case .document(let document): return try corrected(document, target, importer, index: item.index)
            case .row(let row):
                let shown = ShownRecord.document(target.document, of: target.type)
                if let document = row.document(replacing: shown) {
                    return try corrected(document, target, importer, index: item.index)
                }
                guard target.type == .user, let (user, password) = try row.user(correcting: target.document) else {
                    return .again
                }
                if let invalid = InvalidBody(user.limitViolation) { throw invalid }
                return draft(of: user, password: password, importer, index: item.index)
            }
        } catch let error as InvalidBody {
            throw InvalidBody(error.reason, index: item.index, field: error.field, line: item.line)
        } catch let error as JSONError {
            throw InvalidBody(.malformed(error), index: item.index, line: item.line)
        }
    }

    private mutating func corrected(
        _ document: String, _ target: StagedRetryTarget, _ importer: ImporterKey?, index: Int
    ) throws -> RetriedRecord.Action {
        switch target.type {
        case .user:
            let (user, password) = try JSONReader.read(document) { try RecordReading.user(&$0) }
            // A staged document that cannot be read back has nothing to keep.
            let staged = try? JSONReader.read(target.document) { try UserDocument.read(&$0).record }
            return draft(of: ShownRecord.restored(user, from: staged), password: password, importer, index: index)
        case .room:
            let room = try JSONReader.read(document) { try RecordReading.room(&$0) }
            return .corrected(RecordDraft(room))
        case .contact:
            let contact = try JSONReader.read(document) { try ContactDocument.read(&$0) }
            return .corrected(RecordDraft(contact))
        case .message:
            // A staged document that cannot be read back has nothing to keep.
            let staged = try? JSONReader.read(target.document) { try MessageDocument.read(&$0) }
            var message = ShownRecord.restored(
                try JSONReader.read(document) { try RecordReading.message(&$0) }, from: staged)
            if message.id?.isEmpty ?? true {
                // The message stays the one that it was.
                message.id = staged?.id ?? environment.identifiers.userID(at: environment.clock.now()).rawValue
            }
            return .corrected(RecordDraft(message))
        }
    }

    /// A user as intake stages it: records of requests get the default roles, those of files only if they have none.
    private mutating func draft(
        of user: UserRecord, password: String?, _ importer: ImporterKey?, index: Int
    ) -> RetriedRecord.Action {
        if let field = user.missingField { invalid = invalid ?? .missingUserData(index: index, field: field) }
        var user = user.roles.isEmpty || importer == .api ? user.addingRoles(rules.defaultRoles) : user
        if let role = user.roles.first(where: { !rules.knownRoles.contains($0) }) {
            invalid = invalid ?? .invalidRole(index: index, role: role)
        }
        user.passwordDigest = password.flatMap { $0.isEmpty ? nil : environment.passwords.digest(of: $0) }
        return .corrected(RecordDraft(user))
    }

    /// Removes what was staged; also when its client is gone and the task is cancelled.
    func discard() async throws {
        let (id, store) = (id, environment.store)
        try await Task {
            while try await store.write(.discardRetry, { try $0.retries.discard(id, limit: 8_000) }) {}
        }.value
    }
}

extension RecordSequence {
    /// The sequence with this id; nil for other texts.
    fileprivate init?(id: String) {
        guard let number = Int64(id), number >= 0, String(number) == id else { return nil }
        self.init(number: number)
    }
}
