import Dispatch
import ImportDomain
import Synchronization

/// What a thread that reads a file hands over to the task that stages it, a few pieces at a time.
enum StagingPiece: Sendable {
    /// Records with rows of their own.
    case drafts([RecordDraft], RecordType)
    /// Messages, one JSON text a line each pack.
    case messages([MessageLines])
    /// What was noticed.
    case findings([ImportFinding])
    /// The part of the file that is being read.
    case entry(String?)
}

/// A bounded queue between a thread that may block and a task that must not.
///
/// A fast reader waits for a slow database here, which is what keeps memory flat.
final class HandOver: Sendable {
    /// How many pieces may wait.
    private static let capacity = 3

    /// The pieces, in order, until the reader is done.
    let pieces: AsyncStream<StagingPiece>
    private let continuation: AsyncStream<StagingPiece>.Continuation
    private let slots = DispatchSemaphore(value: HandOver.capacity)
    private let failure = Mutex((any Error)?.none)

    init() { (pieces, continuation) = AsyncStream.makeStream() }

    /// Hands a piece over, waiting for room; on the reader's thread only.
    ///
    /// - Throws: why nobody takes pieces any more.
    func put(_ piece: StagingPiece) throws {
        slots.wait()
        if let error = failure.withLock({ $0 }) {
            slots.signal()
            throw error
        }
        continuation.yield(piece)
    }

    /// Makes room for another piece, once one is staged.
    func taken() { slots.signal() }

    /// The reader has no more.
    func finish() { continuation.finish() }

    /// Nobody takes pieces any more; the reader learns why with its next one.
    func stop(for error: any Error) {
        failure.withLock { $0 = $0 ?? error }
        continuation.finish()
        slots.signal()
    }
}
