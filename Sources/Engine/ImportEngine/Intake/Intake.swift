import Compression
import ImportDomain
import JSON
import Synchronization

/// Takes the records of one request or one file into the staging area, all of them or none.
///
/// `append` encodes a record and packs it with others of its type: users, rooms and contacts into batches of rows,
/// messages into compressed packs. An adapter (the body of a request, the output of an importer) appends records and
/// passes full chunks to `stage`, which writes them invisibly. Then `accept` makes all of them visible, or `discard`
/// removes them. Housekeeping removes what a process that ended in between has staged.
///
/// Memory holds the chunks that are not staged yet, and one open batch or pack for each type.
/// Source: docs/architecture.md, "The staging area"; decisions 0004, 0009 and 0020.
final class Intake: Sendable {
    /// Where the records come from.
    enum Origin: Sendable {
        /// A request to an operation that takes records.
        case request(OperationID)
        /// The file of an operation, read under a claim.
        case file(FileClaim)

        fileprivate var operation: OperationID {
            switch self {
            case .request(let operation): operation
            case .file(let claim): claim.operation.id
            }
        }

        fileprivate var stagingWrite: DurableWrite {
            switch self {
            case .request: .stageRequest
            case .file: .stageFile
            }
        }

        fileprivate var acceptingWrite: DurableWrite {
            switch self {
            case .request: .acceptRequest
            case .file: .acceptFile
            }
        }
    }

    /// Records of one type that are staged together.
    enum Chunk: Sendable {
        /// Batches of records that become rows.
        case batches([[RecordDraft]], RecordType)
        /// Packs of messages, not compressed yet.
        case packs([MessageLines])

        var type: RecordType {
            switch self {
            case .batches(_, let type): type
            case .packs: .message
            }
        }

        fileprivate var packs: [MessageLines] { if case .packs(let packs) = self { packs } else { [] } }
    }

    private let origin: Origin
    private let id: IntakeID
    private let environment: WorkspaceEnvironment
    private let queue: PreparationQueue
    private let buffer: Mutex<Buffer>

    /// Creates an empty intake.
    ///
    /// - Parameter queue: compresses packs.
    init(from origin: Origin, in environment: WorkspaceEnvironment, queue: PreparationQueue) {
        self.origin = origin
        self.environment = environment
        self.queue = queue
        id = environment.identifiers.intakeID()
        // A file is read alone; requests may be many at a time, so each of them holds less.
        let packsPerChunk = if case .file = origin { 8 } else { 1 }
        buffer = Mutex(Buffer(packsPerChunk: packsPerChunk))
    }

    /// How many records were appended.
    var count: Int { buffer.withLock { $0.count } }

    /// Encodes a record and adds it to the open batch or pack of its type.
    ///
    /// - Returns: whether a chunk is full, which should be taken and staged before more is appended.
    @discardableResult
    func append(_ record: ImportRecord) -> Bool {
        switch record {
        case .user(let user): append(RecordDraft(user), of: .user)
        case .room(let room): append(RecordDraft(room), of: .room)
        case .contact(let contact): append(RecordDraft(contact), of: .contact)
        case .message(let message): buffer.withLock { $0.append(message) }
        }
    }

    private func append(_ draft: RecordDraft, of type: RecordType) -> Bool {
        buffer.withLock { $0.append(draft, of: type) }
    }

    /// Takes the full chunks.
    func takeFullChunks() -> [Chunk] { buffer.withLock { $0.take() } }

    /// Takes all that was not taken, full or not.
    func takeLastChunks() -> [Chunk] {
        buffer.withLock { buffer in
            buffer.close()
            return buffer.take(partly: true)
        }
    }

    /// Writes chunks into the staging area, in one transaction; they stay invisible until `accept`.
    ///
    /// - Throws: `StoreError`, `CancellationError`; `ImportError.leaseLost` when the claim of a file is lost.
    func stage(_ chunks: [Chunk]) async throws {
        guard !chunks.isEmpty else { return }
        let (id, origin, now) = (id, origin, environment.clock.now())
        let packs = try await compressed(chunks)
        try await environment.store.write(origin.stagingWrite) { transaction in
            let operation = origin.operation
            var current: ImportOperation?
            if case .file(let claim) = origin { current = try transaction.operations.verify(claim) }
            for case .batches(let batches, let type) in chunks {
                for batch in batches {
                    try transaction.staging.stage(batch, of: type, intake: id, operation: operation)
                }
            }
            for pack in packs { try transaction.staging.stage(pack, intake: id, operation: operation) }
            guard var current else { return }
            for chunk in chunks { try current.apply(.read(chunk.type), at: now) }
            try transaction.operations.update(current)
        }
    }

    private func compressed(_ chunks: [Chunk]) async throws -> [RecordPack] {
        let packs = chunks.flatMap(\.packs)
        return packs.isEmpty ? [] : try await queue.run { packs.map { $0.compressed() } }
    }

    /// Makes all records visible, counts them and moves the operation on, together.
    ///
    /// - Throws: `ImportError.intakeExpired` when some of them are gone; `ImportFileFailure` for a file without records;
    ///   `ImportError` for an operation that takes no records any more; `StoreError`.
    func accept() async throws {
        let (id, origin, now, count) = (id, origin, environment.clock.now(), count)
        try await environment.store.write(origin.acceptingWrite) { transaction in
            var operation: ImportOperation
            switch origin {
            case .request(let id):
                // The operation may have been cleared, or started, while the records arrived.
                guard let current = try transaction.operations.find(id: id) else {
                    throw ImportError.rejected(ImportRejection(.operationNotInitialized, of: .stageRecords))
                }
                operation = current
                try operation.apply(.stageRecords, at: now)
            case .file(let claim):
                operation = try transaction.operations.verify(claim)
                try operation.apply(.finishReading, at: now)
            }
            let counts = try transaction.staging.accept(id)
            // Housekeeping may have purged part of the intake while the machine was suspended.
            guard counts.values.reduce(0, +) == count else { throw ImportError.intakeExpired }
            if case .file = origin, counts.isEmpty {
                throw ImportFileFailure(
                    .empty, message: "The file holds nothing that can be imported. Choose another file or importer.")
            }
            for (type, count) in counts {
                try transaction.operations.addToCounts(
                    ImportCounts(total: count), of: type, in: operation.id, at: now)
            }
            try transaction.operations.update(operation)
            if case .file(let claim) = origin { try transaction.operations.finishFile(claim) }
        }
    }

    /// Removes what was staged; also when its client is gone and the task is cancelled.
    func discard() async throws {
        let (id, store) = (id, environment.store)
        try await Task {
            while try await store.write(.discardIntake, { try $0.staging.discard(id, limit: 8_000) }) {}
        }.value
    }
}

/// The messages of one pack, one JSON document a line.
struct MessageLines: Sendable {
    let bytes: [UInt8]
    let count: Int
    var writtenAt: ClosedRange<Timestamp>?

    /// Takes long enough to be worth a thread of its own.
    func compressed() -> RecordPack {
        RecordPack(count: count, payload: Zstandard.compress(bytes), contentBytes: bytes.count, writtenAt: writtenAt)
    }
}

/// Records in memory: full batches and packs, and those that are being filled.
private struct Buffer {
    /// A batch of rows is full when it reaches any of these. Sixteen passwords keep a thread busy for less than a
    /// second, so that workers which share an import end together.
    private static let batchSize = Workload(records: 2_000, bytes: 4 << 20, secrets: 16)
    /// A pack is full with so many bytes, whatever the number of its messages.
    private static let packBytes = 1 << 20
    /// A chunk of packs is full with so many bytes: one message can fill a pack many times over.
    private static let chunkBytes = 8 << 20

    /// Rows of one type.
    private struct Rows {
        var full: [[RecordDraft]] = []
        var open: [RecordDraft] = []
        var workload = Workload()

        mutating func close() {
            guard !open.isEmpty else { return }
            full.append(open)
            (open, workload) = ([], Workload())
        }
    }

    private let packsPerChunk: Int
    private(set) var count = 0
    private var rows: [RecordType: Rows] = [:]
    private var packs: [MessageLines] = []
    private var packedBytes = 0
    private var openPack: [UInt8] = []
    private var openPackCount = 0
    private var openPackWrittenAt: ClosedRange<Timestamp>?
    private var line = JSONWriter()

    init(packsPerChunk: Int) { self.packsPerChunk = packsPerChunk }

    private var isChunkOfPacksFull: Bool { packs.count >= packsPerChunk || packedBytes >= Self.chunkBytes }

    /// - Returns: whether a chunk is full.
    mutating func append(_ draft: RecordDraft, of type: RecordType) -> Bool {
        count += 1
        return Self.append(draft, to: &rows[type, default: Rows()])
    }

    private static func append(_ draft: RecordDraft, to rows: inout Rows) -> Bool {
        rows.open.append(draft)
        rows.workload += draft.workload
        if rows.workload.reaches(batchSize) { rows.close() }
        return !rows.full.isEmpty
    }

    /// - Returns: whether a chunk is full.
    mutating func append(_ message: MessageRecord) -> Bool {
        count += 1
        line.removeAll(keepingCapacity: true)
        MessageDocument.write(message, to: &line)
        if openPackCount > 0 { openPack.append(0x0A) }
        openPack.append(contentsOf: line.bytes)
        openPackCount += 1
        if let moment = message.writtenAt {
            let span = openPackWrittenAt ?? moment...moment
            openPackWrittenAt = min(span.lowerBound, moment)...max(span.upperBound, moment)
        }
        if openPackCount >= RecordPack.capacity || openPack.count >= Self.packBytes { closePack() }
        return isChunkOfPacksFull
    }

    private mutating func closePack() {
        guard openPackCount > 0 else { return }
        packs.append(MessageLines(bytes: openPack, count: openPackCount, writtenAt: openPackWrittenAt))
        packedBytes += openPack.count
        (openPack, openPackCount, openPackWrittenAt) = ([], 0, nil)
        openPack.reserveCapacity(Self.packBytes / 2)
    }

    /// Completes every open batch and pack.
    mutating func close() {
        for type in RecordType.allCases { rows[type]?.close() }
        closePack()
    }

    /// Removes and returns the full chunks, rows before messages.
    ///
    /// - Parameter partly: whether a chunk of few packs counts as full.
    mutating func take(partly: Bool = false) -> [Intake.Chunk] {
        var chunks: [Intake.Chunk] = []
        for type in RecordType.allCases {
            guard let full = rows[type]?.full, !full.isEmpty else { continue }
            chunks.append(.batches(full, type))
            rows[type]?.full = []
        }
        if !packs.isEmpty, partly || isChunkOfPacksFull {
            chunks.append(.packs(packs))
            (packs, packedBytes) = ([], 0)
        }
        return chunks
    }
}
