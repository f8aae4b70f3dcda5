internal import ImportDomain
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// A connection to one checked address, over which one request goes.
struct Connection: Sendable {
    typealias HTTPChannel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// Closes a connection that has not come about yet when nobody wants it any more.
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

    /// Connects to exactly this address; `name` is who the other side has to prove to be, nil without encryption.
    static func open(
        to address: IPAddress, port: UInt16, encryption: NIOSSLContext?, name: String, watch: ProgressWatch
    ) async throws -> HTTPChannel {
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

    private static func configure(
        _ channel: any Channel, encryption: NIOSSLContext?, name: String, watch: ProgressWatch
    ) throws -> HTTPChannel {
        let pipeline = channel.pipeline.syncOperations
        if let encryption {
            // Numbers cannot be sent as names; the certificate is then held against the address connected to.
            let serverName = IPAddress(name) == nil ? name : nil
            try pipeline.addHandler(NIOSSLClientHandler(context: encryption, serverHostname: serverName))
        }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = FetchLimits.headerBytes
        limits.maxHeaderListSize = FetchLimits.headerBytes
        let tally = AnswerTally()
        try pipeline.addHandlers([
            AnswerTally.Arrival(tally, watch: watch),
            HTTPRequestEncoder(),
            ByteToMessageHandler(HTTPResponseDecoder(limitConfiguration: limits)),
            AnswerTally.Content(tally),
        ])
        return try HTTPChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(backPressureStrategy: .init(lowWatermark: 2, highWatermark: 8)))
    }
}
