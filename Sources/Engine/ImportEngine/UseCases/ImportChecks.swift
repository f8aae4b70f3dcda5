public import ImportDomain
import JSON
import SHA256
import ServiceLifecycle

/// What is to be checked: the import that a call with the same selection and policies would start.
public struct ImportCheckRequest: Equatable, Sendable {
    /// Which records.
    public var selection: ImportSelection
    /// The treatment of conflicts.
    public var policies: ImportPolicies

    /// A request.
    public init(selection: ImportSelection = .everything, policies: ImportPolicies) {
        self.selection = selection
        self.policies = policies
    }
}

/// A complete check of the current operation.
public struct ImportCheck: Sendable {
    let number: CheckNumber
    /// How many records it decided about.
    public let recordCount: Int
    /// The decisions in numbers.
    public let result: CheckResult
}

/// Tells what an import would do, without changing the workspace (`import.check`).
///
/// The result is stored. As long as nothing is staged and the workspace does not change, further calls return it without
/// deciding again.
public struct ImportChecks: Sendable {
    private let environment: WorkspaceEnvironment
    private let importers: [ImporterKey: ImporterDescription]
    private let queue = PreparationQueue()
    private let running = RunningChecks()
    private let batchRecords: Int?
    private let rules: SelectionRules
    private var store: any Store { environment.store }

    /// - Parameter batchRecords: how many records are decided at a time; for tests alone.
    init(
        _ environment: WorkspaceEnvironment, importers: [ImporterKey: ImporterDescription], rules: SelectionRules,
        batchRecords: Int? = nil
    ) {
        self.environment = environment
        self.rules = rules
        self.importers = importers
        self.batchRecords = batchRecords
    }

    /// The default policies of the call that would start everything that is staged in the current operation: `import.run`
    /// for records that clients sent, `startImport` for those of a file.
    public func policiesOfAll() async throws -> ImportPolicies {
        let operation = try await store.read { try $0.operations.current() }
        return operation?.importerKey == .api ? .ofCalls : .ofFiles
    }

    /// Checks the current operation; calls with the same request share the work.
    ///
    /// The work ends when no call waits for it any more.
    /// - Throws: `ImportError.rejected` for an operation that is not ready, or no longer; `.importerNotDefined`;
    ///   `.recordsNotStaged`; `CancellationError`; `StoreError`.
    public func check(_ request: ImportCheckRequest, by user: UserID) async throws -> ImportCheck {
        let (run, stored) = try await rules.indexing(request.selection) { try await prepare(request, by: user) }
        if let stored { return try ImportCheck(stored) }
        // A process that stops does not wait for a check.
        let check = try await cancelWhenGracefulShutdown { [running, store] in
            try await running.result(of: run.key) {
                // The same check may have ended since this call looked for it.
                if let stored = try await store.read({ try $0.checks.find(run.key, of: run.operation.id) }) {
                    return stored
                }
                let check = try await run.run()
                while try await store.write(.purgeChecks, { try $0.checks.purge(limit: 100) }) {}
                return check
            }
        }
        return try ImportCheck(check)
    }

    /// The check of a request, and its stored result if there is one.
    private func prepare(
        _ request: ImportCheckRequest, by user: UserID
    ) async throws -> (run: CheckRun, stored: StoredCheck?) {
        try await store.read { [environment, importers, queue, rules, batchRecords] transaction in
            guard let operation = try transaction.operations.current() else {
                throw ImportError.rejected(ImportRejection(.operationNotFound, of: .check))
            }
            _ = try operation.checked(as: ImportStart(user: user, policies: request.policies))
            // The result does not depend on how a selection was written.
            let selection = try rules.resolved(request.selection, of: operation.id, by: transaction)
            let start = ImportStart(user: user, policies: request.policies, selection: selection)
            let checked = try operation.checked(as: start)
            guard let importer = importers[operation.importerKey] else {
                throw ImportError.importerNotDefined(key: operation.importerKey.rawValue)
            }
            let settings = try ConversionSettings(transaction.settings)
            let run = CheckRun(
                environment: environment, queue: queue, operation: checked, start: start, selection: selection,
                settings: settings, namesPeopleByUsername: importer.namesPeopleByUsername,
                key: Self.key(of: checked, start, selection, settings, try transaction.version()),
                batchRecords: batchRecords)
            return (run, try transaction.checks.find(run.key, of: operation.id))
        }
    }

    /// The decisions about some records of a check that match, in the order of the import.
    ///
    /// Only pages with such records are read.
    /// - Parameter bytes: about how many bytes the decisions may have; one is returned regardless of its size.
    public func records(
        of check: ImportCheck, matching filter: CheckFilter = CheckFilter(), offset: Int, limit: Int, bytes: Int = .max
    ) async throws -> [CheckedRecord] {
        var records: [CheckedRecord] = []
        var (skipped, rest) = (offset, bytes)
        for type in CheckRun.types where filter.type == nil || filter.type == type {
            let counts = check.result.counts[type]
            let outcomes = CheckOutcome.allCases.filter {
                (filter.outcome == nil || filter.outcome == $0) && counts?.count(of: $0) ?? 0 > 0
            }
            let total = outcomes.reduce(0) { $0 + (counts?.count(of: $1) ?? 0) }
            guard skipped < total else {
                skipped -= total
                continue
            }
            var readers: [CheckPageReader] = []
            for outcome in outcomes {
                var reader = CheckPageReader(
                    of: check.number, type, outcome, total: counts?.count(of: outcome) ?? 0, store: store, queue: queue)
                // Without a filter the offset is the index.
                try await reader.seek(filter.outcome == nil ? .index(skipped) : .position(skipped))
                readers.append(reader)
            }
            skipped = 0
            while records.count < limit, rest > 0 {
                var first: (reader: Int, index: Int, record: CheckedRecord)?
                for place in readers.indices {
                    guard let next = try await readers[place].peek() else { continue }
                    if first.map({ next.index < $0.index }) ?? true { first = (place, next.index, next.record) }
                }
                guard let first else { break }
                rest -= first.record.size
                guard records.isEmpty || rest > 0 else { break }
                records.append(first.record)
                readers[first.reader].advance()
            }
            guard records.count < limit, rest > 0 else { break }
        }
        return records
    }

    /// What a check depends on.
    private static func key(
        of operation: ImportOperation, _ start: ImportStart, _ selection: ImportSelection,
        _ settings: ConversionSettings, _ version: WorkspaceVersion
    ) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        writer.string(operation.id.rawValue)
        for type in RecordType.allCases {
            writer.integer(operation.counts[type]?.total ?? 0)
            guard selection.choice(of: type) != .all else {
                writer.null()
                continue
            }
            writer.beginArray()
            writer.boolean(selection.excludedTypes.contains(type))
            // A resolved rule has no order.
            for id in selection.listedIDs(of: type).map(\.rawValue).sorted() { writer.string(id) }
            writer.endArray()
        }
        writer.string(start.user.rawValue)
        writer.string("\(start.policies)")
        writer.string("\(settings)")
        writer.integer(Int(version.number))
        writer.endArray()
        return SHA256Digest.hexadecimal(of: writer.bytes)
    }
}

extension ImportCheck {
    fileprivate init(_ stored: StoredCheck) throws {
        number = stored.number
        recordCount = stored.recordCount
        do {
            result = try CheckResult(text: stored.result)
        } catch {
            throw StoreError.corrupt(message: "The result of a check cannot be read back: \(error)")
        }
    }
}

extension CheckedRecord {
    /// About how many bytes it takes.
    fileprivate var size: Int {
        ([importID, subject, code, message, field, clashesWith] + changes.flatMap { [$0.from, $0.to] })
            .reduce(100 + 50 * changes.count) { $0 + ($1?.utf8.count ?? 0) }
    }
}

/// The checks that this process is making, one at a time.
private actor RunningChecks {
    private struct Check {
        /// The call that began it.
        let id: Int
        let task: Task<Void, Never>
        var waiting: [Int: AsyncStream<Result<StoredCheck, any Error>>.Continuation] = [:]
    }

    private var checks: [String: Check] = [:]
    private var latest: Task<Void, Never>?
    private var calls = 0

    /// The result of the check with this key, which is begun unless it is being made.
    ///
    /// When no call waits any more, the check is cancelled.
    func result(
        of key: String, _ run: @escaping @Sendable () async throws -> StoredCheck
    ) async throws -> StoredCheck {
        let (results, continuation) = AsyncStream.makeStream(of: Result<StoredCheck, any Error>.self)
        calls += 1
        let call = calls
        if checks[key] == nil {
            let previous = latest
            let task = Task {
                await previous?.value
                let result: Result<StoredCheck, any Error>
                do {
                    try Task.checkCancellation()
                    result = .success(try await run())
                } catch {
                    result = .failure(error)
                }
                finish(key, begunBy: call, with: result)
            }
            checks[key] = Check(id: call, task: task)
            latest = task
        }
        checks[key]?.waiting[call] = continuation
        continuation.onTermination = { [weak self] _ in
            Task { await self?.leave(key, call) }
        }
        for await result in results { return try result.get() }
        throw CancellationError()
    }

    private func finish(_ key: String, begunBy call: Int, with result: Result<StoredCheck, any Error>) {
        guard let check = checks[key], check.id == call else { return }
        checks[key] = nil
        for continuation in check.waiting.values {
            continuation.yield(result)
            continuation.finish()
        }
    }

    private func leave(_ key: String, _ call: Int) {
        guard checks[key]?.waiting.removeValue(forKey: call) != nil, checks[key]?.waiting.isEmpty == true else {
            return
        }
        // A later call with the same key begins anew.
        checks.removeValue(forKey: key)?.task.cancel()
    }
}
