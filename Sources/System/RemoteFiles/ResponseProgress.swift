internal import ImportDomain
internal import NIOCore
internal import NIOHTTP1

/// Counts content and overhead of a response, to limit headers, trailers and chunk frames.
///
/// Its two handlers run before and after the decoder, on one event loop.
final class ResponseProgress {
    private var arrived = 0
    private var content = 0

    /// The allowed bytes so far: a chunk of one byte has five bytes of overhead, so 16 suffice for honest servers.
    private var allowed: Int { FetchLimits.headerBytes + FetchLimits.receiveBytes + 16 * content }

    /// Counts arriving bytes.
    final class Arrival: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer

        private let progress: ResponseProgress
        private let watch: ProgressWatch

        init(_ progress: ResponseProgress, watch: ProgressWatch) {
            self.progress = progress
            self.watch = watch
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data).readableBytes
            progress.arrived += bytes
            watch.advance(bytes: bytes)
            context.fireChannelRead(data)
            guard progress.arrived > progress.allowed else { return }
            context.fireErrorCaught(
                RemoteFileError.retryable(
                    .answerMalformed,
                    "The response has a header or trailer of more than \(FetchLimits.headerBytes) bytes."))
            context.close(promise: nil)
        }
    }

    /// Counts decoded content.
    final class Content: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias InboundOut = HTTPClientResponsePart

        private let progress: ResponseProgress

        init(_ progress: ResponseProgress) { self.progress = progress }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .body(let bytes) = unwrapInboundIn(data) { progress.content += bytes.readableBytes }
            context.fireChannelRead(data)
        }
    }
}
