internal import ImportDomain
internal import NIOCore
internal import NIOHTTP1

/// Counts what of an answer is content and what is not, so that headers, trailers and the frames of chunks stay small.
///
/// Its two handlers stand before and behind the decoder, on one event loop.
final class AnswerTally {
    private var arrived = 0
    private var content = 0

    /// How much may have arrived: chunks of one byte need five more each, which leaves room for honest servers.
    private var allowed: Int { FetchLimits.headerBytes + FetchLimits.receiveBytes + 16 * content }

    /// Counts bytes as they come.
    final class Arrival: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer

        private let tally: AnswerTally
        private let watch: ProgressWatch

        init(_ tally: AnswerTally, watch: ProgressWatch) {
            self.tally = tally
            self.watch = watch
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data).readableBytes
            tally.arrived += bytes
            watch.advance(bytes: bytes)
            context.fireChannelRead(data)
            guard tally.arrived > tally.allowed else { return }
            context.fireErrorCaught(
                RemoteFileError.retryable(
                    .answerMalformed,
                    "The answer has a header or trailer of more than \(FetchLimits.headerBytes) bytes."))
            context.close(promise: nil)
        }
    }

    /// Counts the content that the decoder finds.
    final class Content: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias InboundOut = HTTPClientResponsePart

        private let tally: AnswerTally

        init(_ tally: AnswerTally) { self.tally = tally }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .body(let bytes) = unwrapInboundIn(data) { tally.content += bytes.readableBytes }
            context.fireChannelRead(data)
        }
    }
}
