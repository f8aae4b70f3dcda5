import ImportDomain
public import Logging
import MediaFormats

/// Fetches pictures of accounts and files of messages, apart from any import.
///
/// A few at a time, at most two from one host, so that a server that hangs holds up nothing but its own files. What
/// fails for a passing reason is tried again later; the queue is in the store, so a restart loses nothing.
/// Source: docs/downloads.md.
public actor DownloadWorker {
    /// What a fetched file may be.
    public struct Limits: Sendable {
        /// The most bytes of a picture.
        public var avatarBytes: Int64 = 10 << 20
        /// The most bytes of a file.
        public var fileBytes: Int64 = 512 << 20
        /// How many are fetched at the same time.
        public var atOnce = 16
        /// How many are fetched from one host at the same time.
        public var atOncePerHost = 2
        /// How long to wait after each failed attempt; after the last of them a file is given up.
        public var retryDelays: [Duration] = [
            .seconds(5), .seconds(30), .seconds(180), .seconds(900), .seconds(3_600),
        ]
        /// How long one file may take.
        public var totalTime: Duration = .seconds(1_800)
        /// How long a server may send nothing, or next to nothing.
        public var idleTime: Duration = .seconds(30)

        /// The limits that suit a server.
        public init() {}
    }

    let store: any Store
    let files: any FileStore
    let clock: any WallClock
    let workSignal: WorkSignal
    let configuration: WorkerConfiguration
    let limits: Limits
    let logger: Logger
    let id: WorkerID
    private let identifiers: any IdentifierSource
    private let fetcher: any RemoteFileFetcher
    /// What is being fetched, by number; the leases of nothing else are prolonged.
    private var inHand: [Int64: Download] = [:]

    /// A worker on the engine's downloads.
    public init(
        engine: ImportEngine, limits: Limits = Limits(), configuration: WorkerConfiguration = WorkerConfiguration(),
        logger: Logger
    ) {
        store = engine.store
        files = engine.files
        clock = engine.clock
        workSignal = engine.workSignal
        identifiers = engine.environment.identifiers
        fetcher = engine.fetcher
        self.limits = limits
        self.configuration = configuration
        id = WorkerID(engine.environment.identifiers.intakeID().rawValue)
        var logger = logger
        logger[metadataKey: "worker"] = "\(id)"
        self.logger = logger
    }

    /// Fetches what is due, until nothing is and nothing is on its way.
    ///
    /// - Returns: whether there was anything to fetch.
    /// - Throws: `StoreError`, `CancellationError`; what was in hand is claimed again then.
    public func step() async throws -> Bool {
        let heartbeat = Task { await renewLeases() }
        defer { heartbeat.cancel() }
        var running: [String: Int] = [:]
        var hasTimer = false
        var hasFetched = false
        // Each task ends with the host that it is done with; the timer, which looks for what has become due, with none.
        try await withThrowingTaskGroup(of: String?.self) { group in
            defer { group.cancelAll() }
            while true {
                let claimed = try await claim(beside: running)
                hasFetched = hasFetched || !claimed.isEmpty
                for download in claimed {
                    running[download.host, default: 0] += 1
                    group.addTask {
                        try await self.fetch(download)
                        return download.host
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

    private func claim(beside running: [String: Int]) async throws -> [Download] {
        let free = limits.atOnce - running.values.reduce(0, +)
        guard free > 0 else { return [] }
        let (id, duration, perHost) = (id, configuration.leaseDuration, limits.atOncePerHost)
        return try await store.write { transaction in
            try transaction.downloads.claim(by: id, for: duration, limit: free, perHost: perHost, running: running)
        }
    }

    private func renewLeases() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.renewalInterval)  // An early end ends the loop.
            let (id, duration, downloads) = (id, configuration.leaseDuration, Array(inHand.values))
            // A lease that cannot be prolonged is refused when its file is taken over.
            try? await store.write { try $0.downloads.renew(downloads, of: id, for: duration) }
        }
    }

    private func fetch(_ download: Download) async throws {
        inHand[download.number] = download
        defer { inHand[download.number] = nil }
        guard download.deaths < Download.deathLimit else {
            return try await note(
                "The server ended \(download.deaths) times while it fetched this file.", isFinal: true, on: download)
        }
        let allowlist = try await store.read { try $0.settings.allowlist() }
        do {
            switch download.kind {
            case .avatar: try await fetchAvatar(download, allowlist: allowlist)
            case .file: try await fetchFile(download, allowlist: allowlist)
            case .archived: break  // Never in line: `FilePreparation` takes it out of its export.
            }
        } catch let error as RemoteFileError {
            try Task.checkCancellation()
            if let detail = error.detail { logger.info("An address was refused.", metadata: ["detail": "\(detail)"]) }
            try await note(error.message, isFinal: error.isPermanent, retryAfter: error.retryAfter, on: download)
        } catch let error as RefusedContent {
            try await note(error.reason, isFinal: true, on: download)
        } catch ImportError.leaseLost {
            logger.info("Somebody else fetches a file that took too long here.")
        }
    }

    private func fetchAvatar(_ download: Download, allowlist: [String]) async throws {
        let key = try FileKey(.avatars, id: newID())
        if download.url.hasPrefix("data:") {
            let data: DataURI
            do {
                data = try DataURI(download.url, maximumBytes: Int(limits.avatarBytes))
            } catch {
                throw RefusedContent(reason: "The picture's data cannot be read.")
            }
            let writer = try await files.begin(key)
            do {
                try await writer.write(data.bytes)
                _ = try await writer.finish()
            } catch {
                await writer.discard()
                throw error
            }
        } else {
            _ = try await receive(download, as: key, limit: limits.avatarBytes, allowlist: allowlist)
        }
        do {
            guard let header = ImageHeader(try await files.beginning(of: key)) else {
                throw RefusedContent(reason: "The address does not lead to a PNG, JPEG, GIF or WebP picture.")
            }
            let stored = StoredFile(
                id: FileID(key.id), name: "avatar", mediaType: header.kind.mediaType,
                sizeBytes: Int(try await files.size(of: key)),
                pixels: PixelSize(width: header.width, height: header.height), createdAt: clock.now())
            let id = id
            let replaced = try await store.write { transaction in
                try transaction.downloads.verify(download, of: id)
                return try transaction.downloads.finish(download, avatar: stored)
            }
            // What it replaces is shown by nobody any more; left behind, it takes space and no more.
            if let replaced { _ = try? await files.remove(FileKey(.avatars, id: replaced.rawValue)) }
        } catch {
            await files.remove(key, unlessKnownTo: store)
            throw error
        }
    }

    private func fetchFile(_ download: Download, allowlist: [String]) async throws {
        let key = try FileKey(.uploads, id: newID())
        let remote = try await receive(download, as: key, limit: limits.fileBytes, allowlist: allowlist)
        do {
            let stored = try await files.description(
                of: key, named: download.name, declaredType: download.mediaType ?? remote.mediaType,
                createdAt: clock.now())
            let id = id
            try await store.write { transaction in
                try transaction.downloads.verify(download, of: id)
                try transaction.downloads.finish(download, file: stored)
            }
        } catch {
            await files.remove(key, unlessKnownTo: store)
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
        _ = try await files.adopt(path, as: key)
        return remote
    }

    /// Tries again later, or gives up.
    private func note(
        _ reason: String, isFinal: Bool, retryAfter: Duration? = nil, on download: Download
    ) async throws {
        let mayTryAgain = !isFinal && limits.retryDelays.indices.contains(download.attempts)
        let delay = mayTryAgain ? max(limits.retryDelays[download.attempts], retryAfter ?? .zero) : nil
        let id = id
        do {
            try await store.write { transaction in
                try transaction.downloads.verify(download, of: id)
                try transaction.downloads.fail(download, reason: reason, retryAfter: delay)
            }
        } catch ImportError.leaseLost {
            logger.info("Somebody else fetches a file that took too long here.")
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
