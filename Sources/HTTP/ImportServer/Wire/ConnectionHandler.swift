import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Enforces HTTP/1 and the limits of one connection: timeouts, rejected requests, the end of the connection.
///
/// Runs between NIO's parser and Hummingbird. Requests may be pipelined; responses are written in their order, so the
/// first of `pending` gets the next response.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Requests the client's body; sent down the pipeline by ``AcceptedBody``.
    struct BodyWanted: Sendable {}

    /// A body that is arriving.
    private struct Body {
        var bytes = 0
        var waited = TimeAmount.zero
    }

    /// Work that ends when the client closes the connection.
    final class Departure: Sendable {
        fileprivate let action: @Sendable () -> Void

        init(_ action: @escaping @Sendable () -> Void) { self.action = action }
    }

    private static let interval = TimeAmount.seconds(1)

    private let limits: ConnectionLimits
    private let requestLine: RequestLineWatch
    private let connections: OpenConnections
    private let isBeyondLimit: Bool

    private var pending = CircularBuffer<RequestHead>()
    private var body: Body?
    /// An error to send as the next response.
    private var rejection: (failure: APIFailure, isHead: Bool)?
    private var ignoresInput = false
    private var isClosing = false
    private var isStopping = false
    private var isResponseBegun = false
    private var closesAfterResponse = false
    private var isReadOutstanding = false
    private var hasReadPart = false
    private var unflushedResponses = 0
    private var writtenBytes = 0
    private var flushedBytes = 0
    private var discardedBytes = 0

    private var idleSince = NIODeadline.distantPast
    private var headSince: NIODeadline?
    private var latestByte = NIODeadline.distantPast
    private var latestFlush = NIODeadline.distantPast
    private var closingSince = NIODeadline.distantPast
    private var check: Scheduled<Void>?
    /// Set while the connection waits for a request.
    private var wait: OpenConnections.Wait?
    /// Called when the client closes the connection.
    private var departures: [ObjectIdentifier: Departure] = [:]

    /// - Parameter isBeyondLimit: whether every request gets status 503.
    init(limits: ConnectionLimits, requestLine: RequestLineWatch, connections: OpenConnections, isBeyondLimit: Bool) {
        self.limits = limits
        self.requestLine = requestLine
        self.connections = connections
        self.isBeyondLimit = isBeyondLimit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        (idleSince, latestByte, latestFlush) = (now, now, now)
        scheduleCheck(context)
        updateWait(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
        if let wait { connections.end(wait) }
        wait = nil
        clientDeparted()
    }

    /// Calls a departure when the client closes the connection, or its side of it; on the event loop.
    func add(_ departure: Departure) { departures[ObjectIdentifier(departure)] = departure }

    /// Forgets a departure.
    func remove(_ departure: Departure) { departures[ObjectIdentifier(departure)] = nil }

    private func clientDeparted() {
        for departure in departures.values { departure.action() }
        departures = [:]
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        latestByte = context.eventLoop.now
        hasReadPart = true
        let part = unwrapInboundIn(data)
        guard !ignoresInput else {
            if case .body(let bytes) = part { discard(bytes.readableBytes, context) }
            return
        }
        switch part {
        case .head(let head):
            headSince = nil
            guard accept(head, context) else { return }
            body = Body()
            updateWait(context)
        case .body(let bytes):
            body?.bytes += bytes.readableBytes
        case .end:
            body = nil
            idleSince = latestByte
            requestLine.restart()
            updateWait(context)
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadOutstanding = false
        // Bytes without a complete part are the beginning of a head.
        if !hasReadPart, pending.isEmpty, body == nil, headSince == nil { headSince = context.eventLoop.now }
        hasReadPart = false
        context.fireChannelReadComplete()
        if ignoresInput { context.read() }
    }

    func read(context: ChannelHandlerContext) {
        isReadOutstanding = true
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case ByteToMessageDecoderError.dataReceivedInErrorState(_, let bytes) = error {
            return discard(bytes.readableBytes, context)
        }
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard !ignoresInput else { return }
        if body == nil {
            reject(with: failure(for: error), isHead: false, context)
        } else {
            breakBody(with: error, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { isStopping = true }
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { clientDeparted() }
        if case ChannelEvent.inputClosed? = event as? ChannelEvent, isClosing, unflushedResponses == 0 {
            return context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// - Returns: false for a head that is rejected.
    private func accept(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Bool {
        do throws(APIFailure) {
            guard !isBeyondLimit else { throw .tooManyConnections }
            pending.append(try RequestHead(head))
            return true
        } catch {
            reject(with: error, isHead: head.method == .HEAD, context)
            return false
        }
    }

    /// Aborts the current body; its reader gets the error.
    private func breakBody(with error: any Error, _ context: ChannelHandlerContext) {
        body = nil
        ignoresInput = true
        // The body is not read after the response.
        guard !pending.isEmpty else { return close(context) }
        closesAfterResponse = true
        context.fireErrorCaught(error)
    }

    private func discard(_ count: Int, _ context: ChannelHandlerContext) {
        discardedBytes += count
        if discardedBytes > limits.discardedBytes { close(context) }
    }

    private func failure(for error: HTTPParserError) -> APIFailure {
        switch error {
        case .headerOverflow: .headTooLarge
        case .invalidMethod where requestLine.isRequestLine: .unknownMethod
        case .invalidVersion where requestLine.namesVersion: .unknownVersion
        default: .malformedRequest("The request is not HTTP/1.1")
        }
    }

    // MARK: Responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Hummingbird may still write after the last response of the connection.
        guard !isClosing, let request = pending.first else { promise?.fail(ChannelError.outputClosed); return }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isResponseBegun = true
            context.write(wrapOutboundOut(.head(framed(head, for: request))), promise: promise)
        case .body(let bytes):
            guard !request.isHead else { promise?.succeed(); return }
            writtenBytes += bytes.readableBytes
            context.write(data, promise: promise)
        case .end(let trailers):
            pending.removeFirst()
            writeEnd(request.isHTTP10 ? nil : trailers, context, promise)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard let request = pending.first, pending.count == 1, request.expectsContinue, !isResponseBegun, !isClosing,
            body?.bytes == 0
        else { return }
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .input: context.close(mode: mode, promise: promise)
        case .output where isClosing: promise?.succeed()
        case .output:
            startClosing(context)
            context.close(mode: mode, promise: promise)
        case .all:
            guard unflushedResponses > 0 else { return context.close(mode: mode, promise: promise) }
            // Written bytes reach the client first.
            isClosing = true
            closingSince = context.eventLoop.now
            closesAfterResponse = true
            ignoresInput = false
            promise?.succeed()
        }
    }

    /// The head of a response, adapted to the request's version and the state of its body.
    private func framed(_ head: HTTPResponseHead, for request: RequestHead) -> HTTPResponseHead {
        var head = head
        let isUnread = pending.count == 1 && (body != nil || ignoresInput && rejection == nil)
        var closes = closesAfterResponse || !request.allowsAnother || isStopping
        closes = closes || isUnread && !willSoonBeRead(request)
        closes = closes || head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
        let hasLength = head.headers.contains(name: "content-length")
        if request.isHTTP10 || request.isHead && !hasLength {
            // The encoder would send chunks, or the end of chunks without a body.
            head.version = .http1_0
            closes = closes || !hasLength
        }
        head.headers.remove(name: "connection")
        if closes {
            head.headers.add(name: "connection", value: "close")
        } else if request.isHTTP10 {
            head.headers.add(name: "connection", value: "keep-alive")
        }
        closesAfterResponse = closes
        return head
    }

    /// Whether the rest of the body is small enough to keep the connection.
    private func willSoonBeRead(_ request: RequestHead) -> Bool {
        guard let body, let length = request.bodyLength, !request.expectsContinue || body.bytes > 0 else {
            return false
        }
        return length - body.bytes <= limits.unreadBytes
    }

    private func writeEnd(
        _ trailers: HTTPHeaders?, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        isResponseBegun = false
        idleSince = context.eventLoop.now
        unflushedResponses += 1
        let flushed = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        flushed.futureResult.whenComplete { _ in
            let (handler, context) = bound.value
            handler.responseFlushed(context)
        }
        if let promise { flushed.futureResult.cascade(to: promise) }
        let closes = closesAfterResponse
        if closes { startClosing(context) }
        context.write(wrapOutboundOut(.end(trailers)), promise: flushed)
        if closes {
            context.flush()
        } else if pending.isEmpty, let rejection {
            write(rejection.failure, isHead: rejection.isHead, context)
        }
    }

    private func responseFlushed(_ context: ChannelHandlerContext) {
        unflushedResponses -= 1
        idleSince = context.eventLoop.now
        updateWait(context)
        guard isClosing, unflushedResponses == 0 else { return }
        // Closing the connection now would lose the response for a client that is still sending.
        if ignoresInput {
            context.close(mode: .output, promise: nil)
            context.read()
        } else {
            context.close(promise: nil)
        }
    }

    /// Ends the connection with an error, after pending responses.
    private func reject(with failure: APIFailure, isHead: Bool, _ context: ChannelHandlerContext) {
        ignoresInput = true
        if pending.isEmpty {
            write(failure, isHead: isHead, context)
        } else {
            rejection = (failure, isHead)
        }
    }

    private func write(_ failure: APIFailure, isHead: Bool, _ context: ChannelHandlerContext) {
        let bytes = failure.bytes
        var headers = HTTPHeaders([
            ("Content-Type", "application/json"), ("Content-Length", String(bytes.readableBytes)),
            ("Connection", "close"), ("Cache-Control", "no-store"), ("Server", "Ferry"),
            ("X-Content-Type-Options", "nosniff"),
        ])
        for field in failure.headers { headers.add(name: field.name.rawName, value: field.value) }
        let status = HTTPResponseStatus(
            statusCode: failure.status.code, reasonPhrase: failure.status.reasonPhrase)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil) }
        rejection = nil
        closesAfterResponse = true
        writeEnd(nil, context, nil)
    }

    // MARK: The end

    private func startClosing(_ context: ChannelHandlerContext) {
        isClosing = true
        closingSince = context.eventLoop.now
        // Bytes of an unread request are still arriving.
        if body != nil { ignoresInput = true }
    }

    private func close(_ context: ChannelHandlerContext) {
        isClosing = true
        context.close(promise: nil)
    }

    // MARK: Making room for others

    private var waitsForRequest: Bool { pending.isEmpty && body == nil && unflushedResponses == 0 && !isClosing }

    private func updateWait(_ context: ChannelHandlerContext) {
        if !waitsForRequest {
            if let wait { connections.end(wait) }
            wait = nil
        } else if wait == nil {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            wait = connections.beginWait { [eventLoop = context.eventLoop] in
                eventLoop.execute {
                    let (handler, context) = bound.value
                    handler.makeRoom(context)
                }
            }
        }
    }

    private func makeRoom(_ context: ChannelHandlerContext) {
        // A request may have arrived since the connection was chosen.
        if wait != nil, waitsForRequest { close(context) }
    }

    // MARK: Limits of time

    private func scheduleCheck(_ context: ChannelHandlerContext) {
        check = context.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) { self.checkLimits(context) }
    }

    private func checkLimits(_ context: ChannelHandlerContext) {
        scheduleCheck(context)
        let now = context.eventLoop.now
        if takesNothing(context, at: now)
            || isClosing && now - closingSince > limits.discarding
                && (ignoresInput || unflushedResponses == 0)
        {
            close(context)
        } else if isClosing {
            return
        } else if body != nil {
            checkBody(context, at: now)
        } else if pending.isEmpty, unflushedResponses == 0 {
            checkIdleness(context, at: now)
        }
    }

    /// Whether the client has read nothing for too long.
    private func takesNothing(_ context: ChannelHandlerContext, at now: NIODeadline) -> Bool {
        // A channel without the option has no buffered bytes.
        let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let flushed = writtenBytes - waiting
        if waiting == 0 || flushed != flushedBytes { latestFlush = now }
        flushedBytes = flushed
        return now - latestFlush > limits.response
    }

    private func checkBody(_ context: ChannelHandlerContext, at now: NIODeadline) {
        // Only time in which the server waits for the client counts.
        guard var body, isReadOutstanding else { return }
        body.waited = body.waited + Self.interval
        self.body = body
        let pause = isStopping ? limits.bodyPauseWhileStopping : limits.bodyPause
        let allowance = limits.bodyPause + .seconds(Int64(body.bytes / limits.bodyBytesPerSecond))
        if now - latestByte > pause || body.waited > allowance { breakBody(with: RequestTimeout(), context) }
    }

    private func checkIdleness(_ context: ChannelHandlerContext, at now: NIODeadline) {
        if isBeyondLimit, now - idleSince > limits.rejectedHead {
            reject(with: .tooManyConnections, isHead: false, context)
        } else if let headSince, now - headSince > limits.head {
            reject(with: .requestTimeout, isHead: false, context)
        } else if headSince == nil, now - idleSince > limits.idle {
            close(context)
        }
    }
}

/// The client did not send its request in time.
struct RequestTimeout: Error {}
