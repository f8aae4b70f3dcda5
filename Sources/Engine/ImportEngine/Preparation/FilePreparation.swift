import BoundedQueue
import ImportDomain
public import Logging

/// Reads the files of operations, through their importers, into the staging area, and later takes files of messages out
/// of them.
///
/// What is staged becomes visible all at once when the file is read to its end. A worker that dies in between leaves
/// nothing visible; whoever claims the file next begins again.
/// Source: docs/architecture.md, "Reading a file".
public actor FilePreparation {
    let store: any Store
    let clock: any WallClock
    let workSignal: WorkSignal
    let configuration: WorkerConfiguration
    let logger: Logger
    let engine: ImportEngine
    let id: WorkerID
    let queue = PreparationQueue()

    /// A worker on the engine's files.
    public init(engine: ImportEngine, configuration: WorkerConfiguration = WorkerConfiguration(), logger: Logger) {
        self.engine = engine
        store = engine.store
        clock = engine.clock
        workSignal = engine.workSignal
        self.configuration = configuration
        id = WorkerID(engine.environment.identifiers.intakeID().rawValue)
        var logger = logger
        logger[metadataKey: "worker"] = "\(id)"
        self.logger = logger
    }

    /// Fetches or reads one file, if there is one to be had in hand.
    ///
    /// - Returns: whether there was.
    /// - Throws: `StoreError`, `CancellationError`; the file is claimed again then.
    public func step() async throws -> Bool {
        let (id, duration) = (id, configuration.leaseDuration)
        guard let operation = try await store.read({ try $0.operations.current() }),
            operation.lifecycle.hasFileWork,
            let claim = try await store.write({ try $0.operations.claimPreparation(by: id, for: duration) })
        else { return false }
        do {
            guard claim.deaths < PreparationClaim.deathLimit else {
                return try await endAfterDeaths(claim)
            }
            try await renewing(claim) {
                switch claim.operation.phase {
                case .receiving: try await self.fetch(claim)
                case .running: try await self.takeAttachedFiles(claim)
                default: try await self.read(claim)
                }
            }
        } catch let failure as ImportFileFailure {
            try await fail(claim, with: failure)
        } catch ImportError.leaseLost {
            logger.info("The operation ended, or another worker reads its file; nothing of it was staged.")
            try await store.write { try $0.operations.forgiveAttempt(of: claim) }
        }
        return true
    }

    /// Gives a file up that ended the process each time it was read, fetched or searched for files of messages.
    private func endAfterDeaths(_ claim: PreparationClaim) async throws -> Bool {
        let failure = ImportFileFailure(
            .processEnded,
            message: "The process ended \(claim.deaths) times while it read this file, so the file is not read again. "
                + "The log of the operating system says why; often the process had too little memory. "
                + "Allow it more memory or divide the file, and send it again.",
            entry: claim.operation.entry)
        if claim.operation.phase == .running(.files) {
            try await endTakingFiles(claim, because: failure)
        } else {
            try await fail(claim, with: failure)
        }
        return true
    }

    /// Works under a claim that is prolonged meanwhile, and stops when it is lost.
    private func renewing(
        _ claim: PreparationClaim, _ work: @escaping @Sendable () async throws -> Void
    ) async throws {
        let (store, configuration) = (store, configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while true {
                    try await Task.sleep(for: configuration.heartbeatInterval)
                    try await store.write { try $0.operations.renew(claim, for: configuration.leaseDuration) }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func fetch(_ claim: PreparationClaim) async throws {
        guard let file = claim.operation.file, let url = file.sourceURL else { return }
        let allowlist = try await store.read { try $0.settings.allowlist() }
        let files = engine.files
        let path = try await files.temporaryPath()
        try await fetch(
            RemoteFileRequest(
                url: url, maximumBytes: Self.largestFileBytes, totalTime: .seconds(24 * 3600), allowlist: allowlist),
            to: path)
        _ = try await files.adopt(path, as: FileKey(.imports, id: file.id.rawValue))
        let now = clock.now()
        try await store.write { transaction in
            var operation = try transaction.operations.verify(claim)
            try operation.apply(.finishReceiving, at: now)
            try transaction.operations.update(operation)
            try transaction.operations.finishPreparation(claim)
        }
    }

    /// Fetches a file, from its beginning after each temporary failure.
    ///
    /// The pauses end with the task, so `import.clear` and the end of the process need not wait for them.
    /// - Throws: `ImportFileFailure` with the reason of the last attempt; `CancellationError`.
    private func fetch(_ request: RemoteFileRequest, to path: String) async throws {
        var delays = configuration.fetchRetryDelays[...]
        while true {
            do throws(RemoteFileError) {
                _ = try await engine.fetcher.fetch(request, to: path)
                return
            } catch {
                try Task.checkCancellation()
                if let detail = error.detail {
                    logger.info("An address was refused.", metadata: ["detail": "\(detail)"])
                }
                guard !error.isPermanent, let delay = delays.popFirst() else {
                    throw ImportFileFailure(.downloadFailed, message: error.message)
                }
                let wait = max(delay, min(error.retryAfter ?? .zero, configuration.longestFetchDelay))
                logger.info(
                    "A file could not be fetched and is fetched again.",
                    metadata: ["code": "\(error.code.rawValue)", "seconds": "\(wait.components.seconds)"])
                try await Task.sleep(for: wait)
            }
        }
    }

    /// The most bytes that a fetched file may have.
    static let largestFileBytes: Int64 = 1 << 40

    private func read(_ claim: PreparationClaim) async throws {
        guard let file = claim.operation.file, let importer = engine.readers[claim.operation.importerKey] else {
            throw ImportFileFailure(.unrecognized, message: "No importer of this program reads the file any more.")
        }
        let intake = Intake(from: .file(claim), in: engine.environment, queue: queue)
        let operation = claim.operation.id
        let (capacity, defaultRoles) = try await store.write { transaction in
            try transaction.findings.removeFindings(of: operation)
            return (
                try transaction.settings.number(Settings.directRoomCapacity), try transaction.settings.defaultRoles()
            )
        }
        let path = engine.files.path(of: try FileKey(.imports, id: file.id.rawValue))
        let source = ImportFile(path: path, name: file.name, directRoomCapacity: capacity)
        let chunks = BoundedQueue<StagingOutput.Chunk>(capacity: 3)
        do {
            let clock = clock
            try await queue.produce(into: chunks) {
                let output = StagingOutput(to: intake, through: chunks, clock: clock, defaultRoles: defaultRoles)
                try importer.read(source, into: output)
                try output.finish()
            } consuming: { chunk in
                try await self.write(chunk, of: claim, into: intake)
            }
            try await intake.accept()
            logger.info("A file was read.", metadata: ["operation": "\(operation)"])
        } catch {
            // What the file left is removed; an idle worker removes what this cannot.
            try? await intake.discard()
            throw error
        }
    }

    private func write(
        _ chunk: StagingOutput.Chunk, of claim: PreparationClaim, into intake: Intake
    ) async throws {
        switch chunk {
        case .records(let records): try await intake.stage([records])
        case .findings(let findings):
            try await store.write { transaction in
                let operation = try transaction.operations.verify(claim).id
                try transaction.findings.add(findings, to: operation, limitPerCode: ImportEngine.findingsPerCode)
            }
        case .progress(let entry, let progress):
            try await store.write { transaction in
                var operation = try transaction.operations.verify(claim)
                operation.read(entry: entry, progress: progress)
                try transaction.operations.update(operation)
            }
        }
    }

    func fail(_ claim: PreparationClaim, with failure: ImportFileFailure) async throws {
        let now = clock.now()
        try await store.write { transaction in
            var operation = try transaction.operations.verify(claim)
            try operation.fail(with: failure, at: now)
            try transaction.operations.update(operation)
            try transaction.operations.finishPreparation(claim)
        }
        logger.warning(
            "A file cannot be imported.",
            metadata: ["operation": "\(claim.operation.id)", "code": "\(failure.code.rawValue)"])
    }
}
