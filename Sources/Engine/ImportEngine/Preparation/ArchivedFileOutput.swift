import Dispatch
import ImportDomain
import Synchronization

/// What a thread that reads files out of an export hands over to the task that keeps them.
enum ArchivedFilePiece: Sendable {
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

/// Hands over files of an export in pieces of a good size; used by the one thread that reads the export.
final class ArchivedFileOutput: AttachedFileOutput {
    /// A piece is complete with so many bytes.
    private static let pieceBytes = 256 << 10

    private let handOver: HandOver<ArchivedFilePiece>
    private var bytes: [UInt8] = []

    init(handOver: HandOver<ArchivedFilePiece>) { self.handOver = handOver }

    func begin(_ id: String, of source: String, entry: String) throws -> Bool {
        let question = ArchivedFilePiece.Question()
        try handOver.put(.begin(id: id, source: source, entry: entry, question))
        return question.wait()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        self.bytes.append(contentsOf: bytes)
        if self.bytes.count >= Self.pieceBytes { try flush() }
    }

    func finish() throws {
        try flush()
        try handOver.put(.end)
    }

    func abandon(for reason: String) throws {
        bytes = []
        try handOver.put(.abandon(reason: reason))
    }

    func checkCancellation() throws { try handOver.check() }

    private func flush() throws {
        guard !bytes.isEmpty else { return }
        try handOver.put(.bytes(bytes))
        bytes = []
    }
}
