import Foundation
import HTTPTypes
import ImportAPI
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import ImportServer

@Suite("Given a connection and a clock that tests move")
struct ConnectionTests {
    private static let request = "GET /health HTTP/1.1\r\nHost: ferry.test\r\n\r\n"
    private static let upload = "POST /u HTTP/1.1\r\nHost: ferry.test\r\nContent-Length: 100000000\r\n\r\n"

    /// The server's side of a connection: parser, encoder and handler; responses are written by tests.
    private struct Connection {
        let channel = EmbeddedChannel()
        let errors = ErrorRecorder()

        init(
            beyondLimit: Bool = false, limits: ConnectionLimits = ConnectionLimits(),
            among connections: OpenConnections = OpenConnections(limit: 100)
        ) throws {
            let line = RequestLineWatch()
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandlers([
                HTTPResponseEncoder(), line, ByteToMessageHandler(HTTPRequestDecoder()),
                ConnectionHandler(
                    limits: limits, requestLine: line, connections: connections, isBeyondLimit: beyondLimit),
                errors,
            ])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        func send(_ text: String) throws {
            channel.read()
            try channel.writeInbound(ByteBuffer(string: text))
        }

        func respond(length: Int? = 2) throws {
            var headers = HTTPHeaders()
            if let length { headers.add(name: "Content-Length", value: String(length)) }
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
            try channel.writeOutbound(HTTPServerResponsePart.head(head))
            try channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: "ok"))))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        }

        func advance(by seconds: Int64) {
            for _ in 0..<seconds {
                channel.read()
                channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            }
        }

        var heads: Int {
            var count = 0
            while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
                if case .head = part { count += 1 }
            }
            return count
        }

        var output: String {
            var text = ""
            while let bytes = try? channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
            return text
        }
    }

    private final class ErrorRecorder: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        private(set) var errors: [any Error] = []

        func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }
    }

    @Test func `when the client closes the connection, then work that waits for it ends, and none that is done`() throws
    {
        let connection = try Connection()
        let ended = Mutex<[String]>([])
        let handler = try connection.channel.pipeline.syncOperations.handler(type: ConnectionHandler.self)
        let (done, active) = (
            ConnectionHandler.Departure { ended.withLock { $0.append("done") } },
            ConnectionHandler.Departure { ended.withLock { $0.append("active") } }
        )
        try connection.send(Self.request)
        handler.add(done)
        handler.add(active)
        handler.remove(done)

        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)

        #expect(ended.withLock { $0 } == ["active"])
    }

    @Test func `when no request comes, then it is closed without a word`() throws {
        let connection = try Connection()

        connection.advance(by: 70)
        let isOpen = connection.channel.isActive
        connection.advance(by: 10)

        #expect(isOpen)
        #expect(!connection.channel.isActive)
        #expect(connection.output.isEmpty)
    }

    @Test func `when a head trickles, then it is closed with status 408`() throws {
        let connection = try Connection()

        for byte in "GET /health HTTP/1.1\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaa" {
            try connection.send(String(byte))
            connection.advance(by: 1)
        }

        #expect(!connection.channel.isActive)
        #expect(connection.output.hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `when a body pauses or trickles, then its reader gets an error`() throws {
        let pausing = try Connection()
        try pausing.send(Self.upload + "abc")
        pausing.advance(by: 65)
        let trickling = try Connection()
        try trickling.send(Self.upload)
        for _ in 0..<70 {
            try trickling.send("a")
            trickling.advance(by: 1)
        }
        let flowing = try Connection()
        try flowing.send(Self.upload)
        for _ in 0..<200 {
            try flowing.send(String(repeating: "a", count: 1_000))
            flowing.advance(by: 1)
        }

        #expect(pausing.errors.errors.first is RequestTimeout)
        #expect(trickling.errors.errors.first is RequestTimeout)
        #expect(flowing.errors.errors.isEmpty)
    }

    @Test func `when the server does not read a body, then the client is not blamed`() throws {
        let connection = try Connection()
        try connection.send(Self.upload + "abc")

        // Nothing is read from the socket, so the server waits for nothing.
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(300))

        #expect(connection.errors.errors.isEmpty)
        #expect(connection.channel.isActive)
    }

    @Test func `when a request takes long, then the connection waits`() throws {
        let connection = try Connection()
        try connection.send(Self.request)

        connection.advance(by: 600)
        try connection.respond()

        #expect(connection.output.hasPrefix("HTTP/1.1 200 "))
        #expect(connection.channel.isActive)
    }

    @Test func `when the client is still sending, then its bytes are discarded up to a limit`() throws {
        var limits = ConnectionLimits()
        limits.discardedBytes = 1_000_000
        let connection = try Connection(limits: limits)
        try connection.send(Self.upload)
        try connection.respond()
        let output = connection.output

        try connection.send(String(repeating: "a", count: 900_000))
        let forwarded = connection.heads
        try? connection.send(String(repeating: "a", count: 200_000))

        #expect(output.contains("connection: close"))
        #expect(forwarded == 1)
        #expect(!connection.channel.isActive)
    }

    @Test func `when little of a body is missing, then the connection is kept`() throws {
        let connection = try Connection()
        try connection.send("POST /u HTTP/1.1\r\nHost: ferry.test\r\nContent-Length: 1000\r\n\r\n")
        try connection.respond()
        try connection.send(String(repeating: "a", count: 1000) + Self.request)
        try connection.respond()

        #expect(!connection.output.contains("connection: close"))
        #expect(connection.heads == 2)
    }

    @Test func `when requests follow without waiting, then a broken one gets its response after those before it`()
        throws
    {
        let connection = try Connection()

        try connection.send(Self.request + Self.request + "NONSENSE\r\n\r\n")
        let early = connection.output
        try connection.respond()
        try connection.respond()
        let output = connection.output

        #expect(early.isEmpty)
        #expect(output.components(separatedBy: "HTTP/1.1 200").count == 3)
        #expect(output.components(separatedBy: "HTTP/1.1 400").count == 2)
        #expect(!connection.channel.isActive)
    }

    @Test func `when there are too many connections, then a request gets status 503 and silence is ended soon`() throws
    {
        let asking = try Connection(beyondLimit: true)
        try asking.send(Self.request)
        let silent = try Connection(beyondLimit: true)
        silent.advance(by: 8)
        let output = asking.output

        #expect(output.hasPrefix("HTTP/1.1 503 "))
        #expect(output.contains("Retry-After: 5\r\n"))
        #expect(output.contains("Connection: close\r\n"))
        #expect(asking.heads == 0)
        #expect(!silent.channel.isActive)
    }

    @Test func `when a client waits for 100 Continue, then it gets it once, and only if its body is wanted`() throws {
        let head = "POST /u HTTP/1.1\r\nHost: ferry.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        let wanted = try Connection()
        try wanted.send(head)
        try wanted.channel.triggerUserOutboundEvent(ConnectionHandler.BodyWanted()).wait()
        try wanted.send("ab")
        try wanted.channel.triggerUserOutboundEvent(ConnectionHandler.BodyWanted()).wait()
        let unwanted = try Connection()
        try unwanted.send(head)
        try unwanted.respond()

        #expect(wanted.output == "HTTP/1.1 100 Continue\r\n\r\n")
        let output = unwanted.output
        #expect(output.hasPrefix("HTTP/1.1 200 "))
        #expect(output.contains("connection: close"))
    }

    @Test(arguments: ["9223372036854775807", "9223372036854775808", "18446744073709551615"])
    func `when the announced length is larger than any body, then the client waits for 100 Continue all the same`(
        length: String
    ) throws {
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/",
            headers: ["Host": "ferry.test", "Content-Length": length, "Expect": "100-continue"])

        let request = try RequestHead(head)

        #expect(request.bodyLength == .max)
        #expect(request.expectsContinue)
    }

    @Test(arguments: [("Transfer-Encoding", "gzip", 501), ("Expect", "a miracle", 417)])
    func `when something unknown is asked for, then the code is in the text and in its field`(
        name: String, value: String, status: Int
    ) throws {
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/", headers: ["Host": "ferry.test", name: value])

        let failure = try #require(throws: APIFailure.self) { try RequestHead(head) }

        #expect(failure.status.code == status)
        let code = try #require(failure.body.errorType)
        #expect(failure.body.error?.hasSuffix(" [\(code)]") == true)
    }

    @Test func `when the client speaks HTTP/1.0, then it gets no chunks, and the connection as it asked`() throws {
        let plain = try Connection()
        try plain.send("GET / HTTP/1.0\r\n\r\n")
        try plain.respond(length: nil)
        let keeping = try Connection()
        try keeping.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        try keeping.respond()
        let output = plain.output

        #expect(output.hasPrefix("HTTP/1.0 200 OK\r\n"))
        #expect(!output.lowercased().contains("chunked"))
        #expect(output.hasSuffix("\r\n\r\nok"))
        #expect(!plain.channel.isActive)
        #expect(keeping.output.contains("connection: keep-alive"))
        #expect(keeping.channel.isActive)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"),
        ("GET /\r\n\r\n", "400"), ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", "505"), ("NONSENSE\r\n\r\n", "400"),
        ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", "405"), ("\u{16}\u{3}\u{1}\u{2}\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n", "417"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n", "431"),
    ])
    func `when a head is not allowed, then the connection ends with a status that reports why`(
        request: String, status: String
    ) throws {
        let connection = try Connection()

        try connection.send(request)
        let output = connection.output

        #expect(output.hasPrefix("HTTP/1.1 \(status) "))
        #expect(output.contains("Connection: close\r\n"))
        #expect(output.contains(#""success":false}"#))
        #expect(connection.heads == 0)
        if status == "405" { #expect(output.contains("Allow: GET, HEAD, OPTIONS, POST\r\n")) }
    }

    @Test func `when there are too many, then the one that has waited longest for a request makes room`() throws {
        let connections = OpenConnections(limit: 3)
        let opened = try (0..<3).map { _ in
            #expect(connections.add())
            return try Connection(among: connections)
        }
        // The first has a request, and the second is idle again after its response.
        try opened[0].send(Self.upload)
        try opened[1].send(Self.request)
        try opened[1].respond()

        let isWithinLimit = connections.add()
        for connection in opened { connection.channel.embeddedEventLoop.run() }
        let active = opened.map { $0.channel.isActive }

        #expect(isWithinLimit)
        #expect(active == [true, true, false])
    }

    @Test func `when there are too many, and each has a request, then the next is beyond the limit`() throws {
        let connections = OpenConnections(limit: 2)
        let opened = try (0..<2).map { _ in
            #expect(connections.add())
            return try Connection(among: connections)
        }
        for connection in opened { try connection.send(Self.upload) }

        let isWithinLimit = connections.add()
        connections.remove()
        connections.remove()
        let isAgainWithinLimit = connections.add()
        let active = opened.map { $0.channel.isActive }

        #expect(!isWithinLimit)
        #expect(isAgainWithinLimit)
        #expect(active == [true, true])
    }

    @Test func `when a request comes while its connection is to make room, then it gets a response`() throws {
        let connections = OpenConnections(limit: 1)
        #expect(connections.add())
        let connection = try Connection(among: connections)

        #expect(connections.add())
        try connection.send(Self.request)
        connection.channel.embeddedEventLoop.run()
        try connection.respond()

        #expect(connection.output.hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func `when connections wait again and again, then what is remembered does not grow`() {
        let connections = OpenConnections(limit: 1)

        for _ in 0..<10_000 { connections.end(connections.beginWait {}) }

        #expect(connections.rememberedWaits <= 65)
    }

    @Test func `when the limit of open files is small, then connections leave room for other files`() {
        #expect(ConnectionLimits(openFiles: 1_024).connections == 416)
        #expect(ConnectionLimits(openFiles: 1_024).acceptedConnections == 480)
        #expect(ConnectionLimits(openFiles: 1 << 20).connections == 4_096)
        #expect(ConnectionLimits(openFiles: 64).connections == 16)
    }
}
