internal import ImportDomain
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// A connection to one checked address, for one request.
struct Connection: Sendable {
    typealias HTTPChannel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// The parts of request and response.
    let channel: HTTPChannel
    /// Succeeds when the server's certificate is verified; nil without encryption.
    let identity: EventLoopFuture<Void>?

    /// Closes a pending connection on cancellation.
    private final class Attempt: Sendable {
        private let state = Mutex<(isCancelled: Bool, channel: (any Channel)?)>((false, nil))

        func begin(_ channel: any Channel) throws {
            try state.withLock { state in
                if state.isCancelled { throw CancellationError() }
                state.channel = channel
            }
        }

        func cancel() {
            let channel = state.withLock { state in
                state.isCancelled = true
                return state.channel
            }
            channel?.close(promise: nil)
        }
    }

    /// Connects to exactly this address. `name` is the host that the certificate must match; nil without encryption.
    static func open(
        to address: IPAddress, port: UInt16, encryption: NIOSSLContext?, name: String, watch: ProgressWatch
    ) async throws -> Connection {
        let attempt = Attempt()
        return try await withTaskCancellationHandler {
            try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(FetchLimits.connectTime))
                .channelOption(
                    .recvAllocator,
                    value: AdaptiveRecvByteBufferAllocator(
                        minimum: 1024, initial: 16 << 10, maximum: FetchLimits.receiveBytes)
                )
                .connect(to: try address.socketAddress(port: port)) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try attempt.begin(channel)
                        return try configure(channel, encryption: encryption, name: name, watch: watch)
                    }
                }
        } onCancel: {
            attempt.cancel()
        }
    }

    /// Waits until the server's certificate is verified.
    func verify() async throws {
        guard let identity else { return }
        try await withTaskCancellationHandler {
            try await identity.get()
        } onCancel: {
            channel.channel.close(promise: nil)
        }
    }

    private static func configure(
        _ channel: any Channel, encryption: NIOSSLContext?, name: String, watch: ProgressWatch
    ) throws -> Connection {
        let pipeline = channel.pipeline.syncOperations
        var identity: EventLoopFuture<Void>?
        if let encryption {
            // SNI allows no addresses; the certificate is then matched with the address.
            let serverName = IPAddress(name) == nil ? name : nil
            let handler = try NIOSSLClientHandler(context: encryption, serverHostname: serverName)
            let verdict = channel.eventLoop.makePromise(of: Void.self)
            identity = verdict.futureResult
            do {
                try pipeline.addHandler(handler)
                try pipeline.addHandler(PeerIdentity(name: serverName, encryption: handler, verdict: verdict))
            } catch {
                verdict.fail(error)
                throw error
            }
        }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = FetchLimits.headerBytes
        limits.maxHeaderListSize = FetchLimits.headerBytes
        let progress = ResponseProgress()
        try pipeline.addHandlers([
            ResponseProgress.Arrival(progress, watch: watch),
            HTTPRequestEncoder(),
            ByteToMessageHandler(HTTPResponseDecoder(limitConfiguration: limits)),
            ResponseProgress.Content(progress),
        ])
        let parts = try HTTPChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(backPressureStrategy: .init(lowWatermark: 2, highWatermark: 8)))
        return Connection(channel: parts, identity: identity)
    }
}

extension IPAddress {
    /// The socket address of this address and a port.
    fileprivate func socketAddress(port: UInt16) throws -> SocketAddress {
        var packed = ByteBuffer()
        switch self {
        case .v4(let number): packed.writeInteger(number)
        case .v6(let number): packed.writeInteger(number)
        }
        return try SocketAddress(packedIPAddress: packed, port: Int(port))
    }
}
