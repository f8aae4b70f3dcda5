package import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Hummingbird's HTTP/1 channel with ``ConnectionHandler`` behind its parser.
struct BoundedHTTPChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let channel: HTTP1Channel
    private let limits: ConnectionLimits
    private let connections: OpenConnections

    init(responder: @escaping HTTPChannelHandler.Responder, limits: ConnectionLimits) {
        channel = HTTP1Channel(responder: responder)
        self.limits = limits
        connections = OpenConnections(limit: limits.connections)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let isBeyondLimit = !connections.add()
        channel.closeFuture.whenComplete { [connections] _ in connections.remove() }
        return self.channel.setup(channel: channel, logger: logger).flatMapThrowing { [limits, connections] value in
            let pipeline = channel.pipeline.syncOperations
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let requestLine = RequestLineWatch()
            try pipeline.addHandler(requestLine, position: .before(parser))
            try pipeline.addHandler(
                ConnectionHandler(
                    limits: limits, requestLine: requestLine, connections: connections, isBeyondLimit: isBeyondLimit),
                position: .after(parser))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async { await channel.handle(value: value, logger: logger) }
}

extension HTTPServerBuilder {
    /// HTTP/1 within limits of time, bytes and connections.
    package static func bounded(by limits: ConnectionLimits) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in BoundedHTTPChannel(responder: responder, limits: limits) }
    }
}
