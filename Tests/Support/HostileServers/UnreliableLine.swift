import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy to a loopback server that cuts the connection once, at a chosen point.
public final class UnreliableLine: Sendable {
    /// When the connection is cut.
    public struct Cut: Sendable {
        let text: String
        let isDelivered: Bool
        let outage: Duration

        /// When a client sends `text`.
        ///
        /// - Parameters:
        ///   - isDelivered: whether the text still reaches the server, whose response is then lost.
        ///   - outage: how long new connections fail afterwards.
        public init(at text: String, isDelivered: Bool, outage: Duration) {
            self.text = text
            self.isDelivered = isDelivered
            self.outage = outage
        }
    }

    fileprivate struct State {
        var cut: Cut?
        var blockedUntil: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let server: Int
    private let listener = Mutex<(any Channel)?>(nil)

    /// The port.
    public var port: Int { listener.withLock { $0?.localAddress?.port ?? 0 } }

    /// Whether the line was cut.
    public var wasCut: Bool { state.withLock { $0.blockedUntil != nil } }

    private init(to server: Int) { self.server = server }

    /// Runs a proxy to the server at a port while `body` runs.
    public static func run<Value>(to server: Int, body: (UnreliableLine) async throws -> Value) async throws -> Value {
        let line = UnreliableLine(to: server)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { line.connect($0) }
            .bind(host: "127.0.0.1", port: 0).get()
        line.listener.withLock { $0 = channel }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(line))
        } catch {
            result = .failure(error)
        }
        try await channel.close()
        return try result.get()
    }

    /// Schedules the cut.
    public func schedule(_ cut: Cut) { state.withLock { $0.cut = cut } }

    private func connect(_ client: any Channel) -> EventLoopFuture<Void> {
        guard state.withLock({ $0.blockedUntil.map { $0 <= .now } ?? true }) else { return client.close() }
        return ClientBootstrap(group: client.eventLoop)
            .connect(host: "127.0.0.1", port: server)
            .flatMapThrowing { server in
                try client.pipeline.syncOperations.addHandler(Forwarding(to: server, line: self))
                try server.pipeline.syncOperations.addHandler(Forwarding(to: client, line: nil))
            }
            .flatMap { client.setOption(.autoRead, value: true) }
    }

    /// The cut that is due with these bytes, which happens once.
    fileprivate func cut(at bytes: String) -> Cut? {
        state.withLock { state in
            guard let cut = state.cut, bytes.contains(cut.text) else { return nil }
            state.cut = nil
            state.blockedUntil = .now + cut.outage
            return cut
        }
    }
}

/// One direction of one connection.
private final class Forwarding: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let target: any Channel
    /// The proxy whose cut applies; nil for responses.
    private let line: UnreliableLine?

    init(to target: any Channel, line: UnreliableLine?) {
        self.target = target
        self.line = line
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard let cut = line?.cut(at: String(buffer: bytes)) else { return target.writeAndFlush(bytes, promise: nil) }
        // Closing one end closes the other.
        if cut.isDelivered {
            target.writeAndFlush(bytes).whenComplete { [target] _ in target.close(promise: nil) }
        } else {
            target.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { target.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
