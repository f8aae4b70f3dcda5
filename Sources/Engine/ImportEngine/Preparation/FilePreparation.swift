import BoundedQueue
import ImportDomain
public import Logging
public import ServiceLifecycle

/// Reads the files of operations, through their importers, into the staging area, and later extracts files of messages
/// from them.
///
/// The staged records become visible all at once when the file is read to its end. A worker that dies before leaves nothing
/// visible; the next worker starts over.
/// Source: docs/architecture.md, "Reading a file".
public actor FilePreparation: LeasedWorker, Service {
    nonisolated let loop: WorkerLoop
    private let store: any Store
    private let clock: any WallClock
    private let workSignal: WorkSignal
    private let configuration: WorkerConfiguration
    private let logger: Logger
    private let engine: ImportEngine
    private let leases: HeldLeases
    private let queue = PreparationQueue()
    private let returnFreedMemory: @Sendable () -> Void
    /// The file in progress.
    private var current: FileClaim?
    /// Removes what a file left that is not read to its end.
    private var removal: Task<Void, Never>?

    /// The most bytes that a fetched file may have.
    private static let largestFileBytes: Int64 = 1 << 40

    /// A worker on the engine's files.
    ///
    /// - Parameter returnFreedMemory: returns memory that is free in the process to the system. Called when a file is
    ///   read: what reading freed is not on top of what the import needs.
    public init(
        engine: ImportEngine, configuration: WorkerConfiguration = WorkerConfiguration(),
        returnFreedMemory: @escaping @Sendable () -> Void = {}, logger: Logger
    ) {
        loop = WorkerLoop(
            .file, engine: engine, configuration: configuration, failureMessage: "A file could not be read.",
            logger: logger)
        leases = loop.leases
        self.logger = loop.logger
        self.engine = engine
        self.configuration = configuration
        self.returnFreedMemory = returnFreedMemory
        store = engine.store
        clock = engine.clock
        workSignal = engine.workSignal
    }

    /// Reads files until the process is told to stop; a file that is being read is read again after the restart.
    public func run() async throws {
        await loop.run(self)
        await removal?.value
    }

    /// Fetches or reads one file, or searches it for files of messages.
    ///
    /// - Returns: whether there was one.
    /// - Throws: `StoreError`, `CancellationError`; the file is claimed again then.
    public func step() async throws -> Bool { try await loop.step(of: self) }

    func work() async throws -> Bool {
        guard let operation = try await store.read({ try $0.operations.current() }) else { return false }
        if operation.lifecycle.isStopping, try await stop(operation) { return true }
        guard operation.lifecycle.hasFileWork, let claim = try await claim() else {
            guard let removal else { return false }
            await removal.value
            self.removal = nil
            return true
        }
        leases.hold(claim.lease)
        current = claim
        defer { current = nil }
        do {
            try await work(on: claim)
            leases.finish(claim.lease)
        } catch ImportError.leaseLost {
            logger.info("The operation ended or stops, or another worker reads its file; nothing of it was staged.")
            try await leases.release(claim.lease)
        } catch {
            leases.abandon(claim.lease)
            throw error
        }
        return true
    }

    /// Confirms that an import has stopped, unless other workers hold part of it.
    ///
    /// - Returns: whether it has.
    private func stop(_ operation: ImportOperation) async throws -> Bool {
        try await leases.releaseAll()
        guard let stopped = try await engine.controls.confirm(operation.id) else { return false }
        logger.info("\(ImportSummary(stopped))", metadata: ["operation": "\(stopped.id)"])
        return true
    }

    func isWorkWanted() async throws -> Bool {
        guard let claim = current else { return true }
        do {
            try await store.read { _ = try $0.operations.verify(claim) }
            return true
        } catch ImportError.leaseLost {
            // The work may be done by now, and other work in progress.
            return claim.lease != current?.lease
        }
    }

    /// Ends the operation, or the search for files of messages.
    func giveUp(because error: any Error) async throws {
        try await leases.releaseAll()
        guard let claim = try await claim() else { return }
        try await end(
            claim,
            with: ImportFileFailure(
                .unavailable,
                message: "This server could not read or keep the file; its log says why. Send the file again."))
    }

    private func claim() async throws -> FileClaim? {
        let (worker, duration) = (leases.worker, leases.duration)
        return try await store.write(.claimFile) { try $0.operations.claimFile(by: worker, for: duration) }
    }

    private func work(on claim: FileClaim) async throws {
        let deaths = claim.lease.deaths
        guard deaths < Lease.deathLimit else {
            return try await end(
                claim,
                with: ImportFileFailure(
                    .processEnded,
                    message:
                        "The process ended \(deaths) times while it read this file, so the file is not read again. "
                        + "The log of the operating system says why; often the process had too little memory. "
                        + "Allow it more memory or divide the file, and send it again.",
                    entry: claim.operation.entry))
        }
        do {
            switch claim.operation.phase {
            case .receiving: try await fetch(claim)
            case .running: try await extractAttachments(claim)
            default: try await read(claim)
            }
        } catch let failure as ImportFileFailure {
            try await fail(claim, with: failure)
        }
    }

    /// Ends the work on a file that cannot be used any further.
    private func end(_ claim: FileClaim, with failure: ImportFileFailure) async throws {
        if claim.operation.phase == .running(.files) {
            try await endExtraction(claim, because: failure)
        } else {
            try await fail(claim, with: failure)
        }
    }

    // MARK: Fetching

    private func fetch(_ claim: FileClaim) async throws {
        guard let file = claim.operation.file, let url = file.sourceURL else { return }
        let allowlist = try await store.read { try $0.settings.allowlist() }
        let files = engine.files
        let path = try await files.temporaryPath()
        let remote = try await fetch(
            RemoteFileRequest(
                url: url, maximumBytes: Self.largestFileBytes, totalTime: .seconds(24 * 3600), allowlist: allowlist),
            to: path)
        _ = try await files.adopt(path, as: FileKey(.imports, id: file.id.rawValue), .keepFetchedFile)
        let now = clock.now()
        try await store.write(.finishReceiving) { transaction in
            var operation = try transaction.operations.verify(claim)
            operation.receive(ReceivedContent(sizeBytes: remote.sizeBytes, sha256: remote.sha256))
            try operation.apply(.finishReceiving, at: now)
            try transaction.operations.update(operation)
            try transaction.operations.finishFile(claim)
        }
    }

    /// Fetches a file, from its beginning after each temporary failure.
    ///
    /// The pauses end with the task, so `import.clear` and the end of the process need not wait for them.
    /// - Throws: `ImportFileFailure` with the reason of the last attempt; `CancellationError`.
    private func fetch(_ request: RemoteFileRequest, to path: String) async throws -> RemoteFile {
        var delays = configuration.fetchRetryDelays[...]
        while true {
            do throws(RemoteFileError) {
                return try await engine.fetcher.fetch(request, to: path)
            } catch {
                try Task.checkCancellation()
                if let detail = error.detail {
                    logger.info("A forbidden address was rejected.", metadata: ["detail": "\(detail)"])
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

    // MARK: Reading

    private func read(_ claim: FileClaim) async throws {
        guard let file = claim.operation.file, let importer = engine.readers[claim.operation.importerKey] else {
            throw ImportFileFailure(.unrecognized, message: "No importer of this program reads the file any more.")
        }
        let intake = Intake(from: .file(claim), in: engine.environment, queue: queue)
        let operation = claim.operation.id
        let (capacity, defaultRoles) = try await store.write(.removeFindings) { transaction in
            // Another process may have read the file since.
            _ = try transaction.operations.verify(claim)
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
            try await queue.run(returnFreedMemory)
            logger.info("A file was read.", metadata: ["operation": "\(operation)"])
        } catch {
            // What the file left is removed; housekeeping removes what this cannot. An import that stops does not wait
            // for that.
            let earlier = removal
            removal = Task {
                await earlier?.value
                try? await intake.discard()  // As above.
            }
            if error is ImportFileFailure { await removal?.value }
            throw error
        }
    }

    private func write(
        _ chunk: StagingOutput.Chunk, of claim: FileClaim, into intake: Intake
    ) async throws {
        switch chunk {
        case .records(let records): try await intake.stage([records])
        case .findings(let findings):
            try await store.write(.addFindings) { transaction in
                let operation = try transaction.operations.verify(claim).id
                try transaction.findings.add(findings, to: operation, limitPerCode: ImportEngine.findingsPerCode)
            }
        case .progress(let entry, let progress):
            try await store.write(.noteFileProgress) { transaction in
                var operation = try transaction.operations.verify(claim)
                operation.read(entry: entry, progress: progress)
                try transaction.operations.update(operation)
            }
        }
    }

    private func fail(_ claim: FileClaim, with failure: ImportFileFailure) async throws {
        let now = clock.now()
        try await store.write(.failFile) { transaction in
            var operation = try transaction.operations.verify(claim)
            try operation.fail(with: failure, at: now)
            try transaction.operations.update(operation)
            try transaction.operations.finishFile(claim)
        }
        logger.warning(
            "A file cannot be imported.",
            metadata: ["operation": "\(claim.operation.id)", "code": "\(failure.code.rawValue)"])
    }

    // MARK: Files of messages

    /// Extracts the files that messages carry from the operation's own file, and moves the operation on.
    ///
    /// Each file is recorded when it is there, so the next worker skips it. A file that cannot be read is reported in its
    /// messages and in a finding; it delays neither the others nor the import.
    private func extractAttachments(_ claim: FileClaim) async throws {
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
                return try await endExtraction(claim, because: failure)
            } catch {
                await keeper.discard()
                throw error
            }
        }
        try await endExtraction(claim)
    }

    /// Moves the operation on.
    ///
    /// - Parameter failure: why not all files could be extracted.
    private func endExtraction(_ claim: FileClaim, because failure: ImportFileFailure? = nil) async throws {
        let now = clock.now()
        let finding = failure.map {
            ImportFinding(
                .error, .entryUnreadable, entry: $0.entry,
                message: "Not all files of messages could be taken out of the archive. \($0.message)")
        }
        try await store.write(.endExtraction) { transaction in
            var operation = try transaction.operations.verify(claim)
            if let finding {
                try transaction.findings.add([finding], to: operation.id, limitPerCode: ImportEngine.findingsPerCode)
            }
            try operation.apply(.reach(.finishing), at: now)
            try transaction.operations.update(operation)
            try transaction.operations.finishFile(claim)
        }
        workSignal.notify()
    }
}
