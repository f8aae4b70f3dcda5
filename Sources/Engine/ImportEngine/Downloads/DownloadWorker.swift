import ImportDomain
public import Logging
import MediaFormats
public import ServiceLifecycle

/// Downloads avatars and files of messages, apart from any import.
///
/// A few at a time, at most two from one host, so that a server that hangs delays nothing but its own files. A temporary
/// failure is tried again later; the queue is in the store, so a restart loses nothing.
/// Source: docs/downloads.md.
public actor DownloadWorker: LeasedWorker, Service {
    /// The limits of downloads.
    public struct Limits: Sendable {
        /// The maximum size of an avatar.
        public var avatarBytes: Int64 = 10 << 20
        /// The maximum size of a file.
        public var fileBytes: Int64 = 512 << 20
        /// The number of concurrent downloads.
        public var atOnce = 16
        /// The number of concurrent downloads from one host.
        public var atOncePerHost = 2
        /// The delays after failed attempts; after the last of them a file is given up.
        public var retryDelays: [Duration] = [
            .seconds(5), .seconds(30), .seconds(180), .seconds(900), .seconds(3_600),
        ]
        /// The maximum duration of one download.
        public var totalTime: Duration = .seconds(1_800)
        /// The time after which a download is cancelled if the server sends nothing, or almost nothing.
        public var idleTime: Duration = .seconds(30)

        /// The limits of a server.
        public init() {}
    }

    nonisolated let loop: WorkerLoop
    private let store: any Store
    private let files: any FileStore
    private let clock: any WallClock
    private let configuration: WorkerConfiguration
    private let limits: Limits
    private let logger: Logger
    private let leases: HeldLeases
    private let identifiers: any IdentifierSource
    private let fetcher: any RemoteFileFetcher
    /// The downloads in progress.
    private var fetches: [Lease: Task<Void, any Error>] = [:]

    /// A worker on the engine's downloads.
    public init(
        engine: ImportEngine, limits: Limits = Limits(), configuration: WorkerConfiguration = WorkerConfiguration(),
        logger: Logger
    ) {
        loop = WorkerLoop(
            .downloads, engine: engine, configuration: configuration, failureMessage: "Files could not be fetched.",
            logger: logger)
        leases = loop.leases
        self.logger = loop.logger
        self.configuration = configuration
        self.limits = limits
        store = engine.store
        files = engine.files
        clock = engine.clock
        identifiers = engine.environment.identifiers
        fetcher = engine.fetcher
    }

    /// Downloads until the process is told to stop; what is in progress then is downloaded again after the restart.
    public func run() async throws { await loop.run(self) }

    /// Downloads what is due, until nothing is due or in progress.
    ///
    /// - Returns: whether there was anything.
    /// - Throws: `StoreError`, `CancellationError`; what was in progress is claimed again then.
    public func step() async throws -> Bool { try await loop.step(of: self) }

    /// Stops the downloads that lost their leases as well: skipped ones, and those of what was undone or deleted.
    func isWorkWanted() async throws -> Bool {
        let (isWanted, lost) = try await store.read { [leases = Array(fetches.keys)] transaction in
            (try transaction.downloads.control() == .none, try transaction.leases.lost(of: leases))
        }
        for lease in lost { fetches[lease]?.cancel() }
        return isWanted
    }

    /// A failure of this server's own is no reason to forget what is to be downloaded.
    func giveUp(because error: any Error) {}

    func work() async throws -> Bool {
        if try await store.read({ try $0.downloads.control() }) == .canceling {
            return try await store.write(.dequeueDownloads) { try $0.downloads.dequeue(limit: 2_000) } > 0
        }
        var running: [String: Int] = [:]
        var hasTimer = false
        var hasFetched = false
        // Each task ends with the host that it is done with; the timer, which looks for what has become due, with none.
        try await withThrowingTaskGroup(of: String?.self) { group in
            defer { group.cancelAll() }
            while true {
                let claimed = try await claim(beside: running)
                hasFetched = hasFetched || !claimed.isEmpty
                for claim in claimed {
                    let host = claim.download.host
                    running[host, default: 0] += 1
                    group.addTask {
                        try await self.fetch(claim)
                        return host
                    }
                }
                guard claimed.isEmpty else { continue }
                guard running.values.contains(where: { $0 > 0 }) else { return }
                if !hasTimer {
                    hasTimer = true
                    let interval = configuration.pollInterval
                    group.addTask {
                        try await Task.sleep(for: interval)
                        return nil
                    }
                }
                if let host = try await group.next() ?? nil {
                    running[host, default: 1] -= 1
                } else {
                    hasTimer = false
                }
            }
        }
        return hasFetched
    }

    private func claim(beside running: [String: Int]) async throws -> [DownloadClaim] {
        let free = limits.atOnce - running.values.reduce(0, +)
        guard free > 0 else { return [] }
        let (worker, duration, perHost) = (leases.worker, leases.duration, limits.atOncePerHost)
        let claims = try await store.write(.claimDownloads) { transaction in
            try transaction.downloads.claim(by: worker, for: duration, limit: free, perHost: perHost, running: running)
        }
        for claim in claims { leases.hold(claim.lease) }
        return claims
    }

    private func fetch(_ claim: DownloadClaim) async throws {
        let fetch = Task { try await work(on: claim) }
        fetches[claim.lease] = fetch
        defer { fetches[claim.lease] = nil }
        do {
            try await withTaskCancellationHandler {
                try await fetch.value
            } onCancel: {
                fetch.cancel()
            }
            leases.finish(claim.lease)
        } catch ImportError.leaseLost {
            logger.info("A file is not wanted any more, or another worker downloads it.")
            try await leases.release(claim.lease)
        } catch  where fetch.isCancelled && !Task.isCancelled {
            logger.info("A download was stopped, because the file is not wanted any more.")
            try await leases.release(claim.lease)
        } catch {
            leases.abandon(claim.lease)
            throw error
        }
    }

    private func work(on claim: DownloadClaim) async throws {
        let deaths = claim.lease.deaths
        guard deaths < Lease.deathLimit else {
            return try await note(
                "The server ended \(deaths) times while it fetched this file.", isFinal: true, on: claim)
        }
        let allowlist = try await store.read { try $0.settings.allowlist() }
        do {
            switch claim.download.kind {
            case .avatar: try await fetchAvatar(claim, allowlist: allowlist)
            case .file: try await fetchFile(claim, allowlist: allowlist)
            case .archived: break  // Never queued: `FilePreparation` extracts it from its export.
            }
        } catch let error as RemoteFileError {
            try Task.checkCancellation()
            if let detail = error.detail {
                logger.info("A forbidden address was rejected.", metadata: ["detail": "\(detail)"])
            }
            try await note(error.message, isFinal: error.isPermanent, retryAfter: error.retryAfter, on: claim)
        } catch let error as RefusedContent {
            try await note(error.reason, isFinal: true, on: claim)
        }
    }

    private func fetchAvatar(_ claim: DownloadClaim, allowlist: [String]) async throws {
        let download = claim.download
        let key = try FileKey(.avatars, id: newID())
        if download.url.hasPrefix("data:") {
            let data: DataURI
            do {
                data = try DataURI(download.url, maximumBytes: Int(limits.avatarBytes))
            } catch {
                throw RefusedContent(reason: "The image's data cannot be read.")
            }
            let writer = try await files.begin(key)
            do {
                try await writer.write(data.bytes)
                _ = try await writer.finish(.keepDownload)
            } catch {
                await writer.discard()
                throw error
            }
        } else {
            _ = try await receive(download, as: key, limit: limits.avatarBytes, allowlist: allowlist)
        }
        let file = NewFile(key, in: files)
        do {
            guard let stored = try await file.avatarDescription(createdAt: clock.now()) else {
                throw RefusedContent(reason: "The address does not lead to a PNG, JPEG, GIF or WebP image.")
            }
            let replaced = try await store.write(.finishAvatar) { transaction in
                try transaction.leases.verify(claim.lease)
                return try transaction.downloads.finish(download, avatar: stored)
            }
            // No account shows the replaced avatar; if it cannot be removed, it only takes space.
            if let replaced {
                _ = try? await files.remove(FileKey(.avatars, id: replaced.rawValue), .removeReplacedAvatar)
            }
        } catch {
            await file.remove(unlessStoredIn: store)
            throw error
        }
    }

    private func fetchFile(_ claim: DownloadClaim, allowlist: [String]) async throws {
        let download = claim.download
        let key = try FileKey(.uploads, id: newID())
        let remote = try await receive(download, as: key, limit: limits.fileBytes, allowlist: allowlist)
        let file = NewFile(key, in: files)
        do {
            let stored = try await file.description(
                named: download.name, declaredType: download.mediaType ?? remote.mediaType, createdAt: clock.now())
            try await store.write(.finishDownload) { transaction in
                try transaction.leases.verify(claim.lease)
                try transaction.downloads.finish(download, file: stored)
            }
        } catch {
            await file.remove(unlessStoredIn: store)
            throw error
        }
    }

    private func receive(
        _ download: Download, as key: FileKey, limit: Int64, allowlist: [String]
    ) async throws -> RemoteFile {
        let path = try await files.temporaryPath()
        let remote = try await fetcher.fetch(
            RemoteFileRequest(
                url: download.url, maximumBytes: limit, totalTime: limits.totalTime, idleTime: limits.idleTime,
                allowlist: allowlist), to: path)
        _ = try await files.adopt(path, as: key, .keepDownload)
        return remote
    }

    /// Tries again later, or gives up.
    private func note(
        _ reason: String, isFinal: Bool, retryAfter: Duration? = nil, on claim: DownloadClaim
    ) async throws {
        let download = claim.download
        let mayTryAgain = !isFinal && limits.retryDelays.indices.contains(download.attempts)
        let delay = mayTryAgain ? max(limits.retryDelays[download.attempts], retryAfter ?? .zero) : nil
        try await store.write(.failDownload) { transaction in
            try transaction.leases.verify(claim.lease)
            try transaction.downloads.fail(download, reason: reason, retryAfter: delay)
        }
        logger.info(
            "A file could not be fetched.",
            metadata: ["reason": "\(reason)", "final": "\(delay == nil)", "kind": "\(download.kind.rawValue)"])
    }

    private func newID() -> String { identifiers.operationID(at: clock.now()).rawValue }
}

/// Content that is not what was asked for, however often it is fetched.
private struct RefusedContent: Error {
    let reason: String
}
