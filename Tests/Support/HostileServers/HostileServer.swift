import NIOCore
import NIOPosix
public import NIOSSL
import Synchronization

/// A loopback server with scripted responses. Requests may have bodies.
public final class HostileServer: Sendable {
    /// The response to a request.
    public indirect enum Answer: Sendable {
        /// These bytes, then nothing, with the connection open.
        case bytes(String)
        /// These bytes, and the end of the connection.
        case bytesAndClose(String)
        /// A beginning, and then single bytes without end, at this interval.
        case drip(String, milliseconds: Int64)
        /// A beginning, and then the same text without end, as fast as it is read.
        case endless(String, repeating: String)
        /// The end of the connection at once.
        case close
        /// Nothing at all.
        case silence
        /// Each of these once, then the last repeatedly.
        case inTurn([Answer])

        /// A complete response with a file.
        public static func file(_ content: String, header: String = "") -> Answer {
            .bytes("HTTP/1.1 200 OK\r\nContent-Length: \(content.utf8.count)\r\n\(header)\r\n\(content)")
        }

        /// A complete response without a file.
        public static func status(_ status: String, header: String = "") -> Answer {
            .bytes("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\(header)\r\n")
        }

        /// A complete redirect.
        public static func redirect(_ location: String) -> Answer {
            .status("302 Found", header: "Location: \(location)\r\n")
        }
    }

    /// A request.
    public struct Request: Sendable {
        /// The request line and the fields, with the empty line.
        public var header: String
        /// The body without chunk sizes; empty without a body, and for a path whose response does not wait for it.
        public var body: String
        /// Path and query.
        public var target: String { header.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
    }

    private let channel: any Channel
    private let seen: Seen

    /// The requests of a server.
    fileprivate final class Seen: Sendable {
        private let requests = Mutex<[Request]>([])

        func add(_ request: Request) { requests.withLock { $0.append(request) } }
        var all: [Request] { requests.withLock { $0 } }
    }

    /// The port.
    public var port: Int { channel.localAddress?.port ?? 0 }
    /// Its URL, without a path.
    public var url: String { "http://127.0.0.1:\(port)" }
    /// The headers of the requests so far.
    public var requests: [String] { seen.all.map(\.header) }
    /// The bodies of the requests for a path so far.
    public func bodies(of target: String) -> [String] { seen.all.filter { $0.target == target }.map(\.body) }

    /// Runs a server while `body` runs.
    ///
    /// - Parameter answers: the response of each path; other paths get 404.
    public static func run<Value>(
        _ answers: [String: Answer], encryption: NIOSSLContext? = nil, body: (HostileServer) async throws -> Value
    ) async throws -> Value {
        let seen = Seen()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let encryption {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: encryption))
                    }
                    try channel.pipeline.syncOperations.addHandler(Conversation(answers, seen))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = HostileServer(channel, seen)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        try await channel.close()
        return try result.get()
    }

    private init(_ channel: any Channel, _ seen: Seen) {
        self.channel = channel
        self.seen = seen
    }
}

/// One connection of a `HostileServer`.
private final class Conversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answers: [String: HostileServer.Answer]
    private let seen: HostileServer.Seen
    private var received = ByteBuffer()
    private var repeating: ByteBuffer?
    private var drip: RepeatedTask?

    init(_ answers: [String: HostileServer.Answer], _ seen: HostileServer.Seen) {
        self.answers = answers
        self.seen = seen
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        while let request = nextRequest() {
            seen.add(request)
            answer(answers[request.target] ?? .status("404 Not Found"), to: request.target, context)
        }
    }

    /// The next whole request.
    private func nextRequest() -> HostileServer.Request? {
        let bytes = received.readableBytesView
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        var request = HostileServer.Request(header: String(decoding: bytes[..<end.upperBound], as: UTF8.self), body: "")
        let rest = bytes[end.upperBound...]
        let fields = request.header.lowercased().split(separator: "\r\n")
        var length = 0
        if let field = fields.first(where: { $0.hasPrefix("content-length: ") }) {
            length = Int(field.dropFirst("content-length: ".count)) ?? 0
            guard rest.count >= length else { return nil }
            request.body = String(decoding: rest.prefix(length), as: UTF8.self)
        } else if fields.contains("transfer-encoding: chunked") {
            guard let last = rest.firstRange(of: Array("0\r\n\r\n".utf8)) else { return nil }
            length = last.upperBound - rest.startIndex
            // Sizes and chunks take turns; tests send text without line ends in chunks.
            request.body = String(decoding: rest.prefix(length), as: UTF8.self).split(separator: "\r\n").enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }.joined()
        }
        received.moveReaderIndex(forwardBy: end.upperBound - bytes.startIndex + length)
        return request
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { pump(context) }

    func channelInactive(context: ChannelHandlerContext) {
        drip?.cancel()
        repeating = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ answer: HostileServer.Answer, to target: String, _ context: ChannelHandlerContext) {
        switch answer {
        case .bytes(let text): send(text, context)
        case .bytesAndClose(let text):
            send(text, context)
            context.close(promise: nil)
        case .drip(let text, let milliseconds):
            send(text, context)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            drip = context.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(milliseconds), delay: .milliseconds(milliseconds)
            ) { _ in bound.value.0.send("x", bound.value.1) }
        case .endless(let text, let repeated):
            send(text, context)
            repeating = ByteBuffer(string: String(repeating: repeated, count: max(1, 16_384 / repeated.utf8.count)))
            pump(context)
        case .close: context.close(promise: nil)
        case .silence: break
        case .inTurn(let answers):
            let times = seen.all.count { $0.target == target }
            self.answer(answers[min(times, answers.count) - 1], to: target, context)
        }
    }

    private func pump(_ context: ChannelHandlerContext) {
        while let repeating, context.channel.isWritable {
            context.writeAndFlush(wrapOutboundOut(repeating), promise: nil)
        }
    }

    private func send(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}
