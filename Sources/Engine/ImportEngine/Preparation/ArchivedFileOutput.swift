import BoundedQueue
import Dispatch
import ImportDomain
import Synchronization

/// What a thread that reads files out of an export passes to the task that keeps them.
enum ArchivedFileChunk: Sendable {
    /// A file begins, if the question is answered with yes.
    case begin(id: String, source: String, entry: String, Question)
    /// Some of its bytes.
    case bytes([UInt8])
    /// It is complete.
    case end
    /// It cannot be read.
    case abandon(reason: String)

    /// Whether a file is wanted.
    final class Question: Sendable {
        private let isWanted = Mutex(false)
        private let answered = DispatchSemaphore(value: 0)

        /// Lets the reader go on.
        func answer(_ isWanted: Bool) {
            self.isWanted.withLock { $0 = isWanted }
            answered.signal()
        }

        /// Waits for the answer; on the reader's thread only.
        func wait() -> Bool {
            answered.wait()
            return isWanted.withLock { $0 }
        }
    }
}

/// Puts files of an export into a queue, in chunks; used by the one thread that reads the export.
final class ArchivedFileOutput: AttachedFileOutput {
    /// A chunk is full with so many bytes.
    private static let chunkBytes = 256 << 10

    private let chunks: BoundedQueue<ArchivedFileChunk>
    private var bytes: [UInt8] = []

    init(_ chunks: BoundedQueue<ArchivedFileChunk>) { self.chunks = chunks }

    func begin(_ id: String, of source: String, entry: String) throws -> Bool {
        let question = ArchivedFileChunk.Question()
        try chunks.put(.begin(id: id, source: source, entry: entry, question))
        return question.wait()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        self.bytes.append(contentsOf: bytes)
        if self.bytes.count >= Self.chunkBytes { try flush() }
    }

    func finish() throws {
        try flush()
        try chunks.put(.end)
    }

    func abandon(for reason: String) throws {
        bytes = []
        try chunks.put(.abandon(reason: reason))
    }

    func checkCancellation() throws { try chunks.check() }

    private func flush() throws {
        guard !bytes.isEmpty else { return }
        try chunks.put(.bytes(bytes))
        bytes = []
    }
}
