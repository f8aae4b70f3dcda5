import Hummingbird
import NIOCore

/// The body of an accepted request.
///
/// Sends `100 Continue` when the body is first read, if the client waits for it. Skips a leading byte order mark,
/// because many programs write one before JSON.
struct AcceptedBody: AsyncSequence, Sendable {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    let body: RequestBody
    let channel: any Channel
    let skipsMark: Bool

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: RequestBody.AsyncIterator
        fileprivate let channel: any Channel
        fileprivate let skipsMark: Bool
        fileprivate var isBegun = false

        mutating func next() async throws -> ByteBuffer? {
            guard !isBegun else { return try await base.next() }
            isBegun = true
            channel.triggerUserOutboundEvent(ConnectionHandler.BodyWanted(), promise: nil)
            guard skipsMark else { return try await base.next() }
            return try await firstWithoutMark()
        }

        private mutating func firstWithoutMark() async throws -> ByteBuffer? {
            var first = ByteBuffer()
            while first.readableBytes < AcceptedBody.mark.count,
                AcceptedBody.mark.starts(with: first.readableBytesView), var chunk = try await base.next()
            {
                first.writeBuffer(&chunk)
            }
            if first.readableBytesView.starts(with: AcceptedBody.mark) {
                first.moveReaderIndex(forwardBy: AcceptedBody.mark.count)
            }
            return first.readableBytes > 0 ? first : try await base.next()
        }
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(base: body.makeAsyncIterator(), channel: channel, skipsMark: skipsMark)
    }
}
