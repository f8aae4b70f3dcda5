import NIOCore

/// Remembers the latest request line, because the parser does not distinguish an unknown method from garbage.
final class RequestLineWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let longestLine = 8_192
    private var line: [UInt8] = []
    private var isComplete = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isComplete {
            for byte in unwrapInboundIn(data).readableBytesView {
                isComplete = byte == UInt8(ascii: "\n") && !line.isEmpty || line.count >= Self.longestLine
                if isComplete { break }
                if byte != UInt8(ascii: "\r"), byte != UInt8(ascii: "\n") { line.append(byte) }
            }
        }
        context.fireChannelRead(data)
    }

    /// Clears the line before another request.
    func restart() {
        line.removeAll(keepingCapacity: true)
        isComplete = false
    }

    /// Whether the line is a request line of HTTP/1, with any method.
    var isRequestLine: Bool {
        guard let version else { return false }
        return version.elementsEqual("HTTP/1.1".utf8) || version.elementsEqual("HTTP/1.0".utf8)
    }

    /// Whether the line is a request line of some version of HTTP.
    var namesVersion: Bool { version?.starts(with: "HTTP/".utf8) ?? false }

    private var version: ArraySlice<UInt8>? {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty, parts[0].allSatisfy(Self.isToken) else {
            return nil
        }
        return parts[2]
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
