import HTTPTypes
import Hummingbird
import NIOCore

/// A large body as a stream of bytes that fails beyond its limit.
struct BodyChunks: AsyncSequence, Sendable {
    private let body: RequestBody
    private let limit: Int?

    /// - Parameter limit: the maximum bytes; nil for no limit.
    /// - Throws: the error of a body that announces more, before any of it is read.
    init(_ request: Request, limit: Int?) throws(APIFailure) {
        if let limit, let announced = request.headers[.contentLength].flatMap(RequestHead.length), announced > limit {
            throw .tooLarge
        }
        body = request.body
        self.limit = limit
    }

    struct Iterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let limit: Int?
        var received = 0

        mutating func next() async throws -> [UInt8]? {
            guard let chunk = try await base.next() else { return nil }
            received += chunk.readableBytes
            if let limit, received > limit { throw APIFailure.tooLarge }
            return Array(chunk.readableBytesView)
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(base: body.makeAsyncIterator(), limit: limit) }
}
