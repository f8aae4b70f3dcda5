import HTTPTypes
import NIOHTTP1

/// What a request's head requires of its connection.
struct RequestHead {
    /// Whether the client speaks HTTP/1.0, which has no chunks.
    let isHTTP10: Bool
    /// Whether the response has no body.
    let isHead: Bool
    /// Whether the client allows another request on the connection.
    let allowsAnother: Bool
    /// The announced length of the body; nil if it is sent in chunks.
    let bodyLength: Int?
    /// Whether the client waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool

    /// - Throws: the error of a head that HTTP/1 does not allow, or that asks for something unknown.
    init(_ head: HTTPRequestHead) throws(APIFailure) {
        isHTTP10 = head.version == .http1_0
        isHead = head.method == .HEAD
        let codings = head.headers[canonicalForm: "transfer-encoding"].map { $0.lowercased() }
        let length = head.headers.first(name: "content-length").flatMap(Self.length)
        bodyLength = codings.isEmpty ? length ?? 0 : nil
        // After an upgrade request the parser reads nothing as HTTP.
        let leavesHTTP = head.method == .CONNECT || head.headers.contains(name: "upgrade")
        allowsAnother = head.isKeepAlive && !leavesHTTP

        let hosts = head.headers["host"]
        guard hosts.count <= 1 else { throw .malformedRequest("A request has one Host header, not \(hosts.count)") }
        if !isHTTP10, hosts.isEmpty { throw .malformedRequest("A request has a Host header") }
        if let host = hosts.first, !host.utf8.allSatisfy(Self.isAllowedInHost) {
            throw .malformedRequest("The Host header is not the name of a host")
        }
        guard codings.allSatisfy({ $0 == "chunked" }) else {
            throw .coded("The only transfer coding is chunked", "error-transfer-coding", status: .notImplemented)
        }
        let expectations = head.headers["expect"].map { $0.lowercased() }
        guard expectations.allSatisfy({ $0 == "100-continue" }) else {
            throw .coded("The only expectation is 100-continue", "error-expectation", status: .expectationFailed)
        }
        expectsContinue = !expectations.isEmpty && !isHTTP10 && bodyLength != 0
    }

    /// The number of a `Content-Length`; larger numbers become one beyond every limit.
    static func length(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text) ?? .max
    }

    private static func isAllowedInHost(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && !"/?#@,\\\"<>".utf8.contains(byte)
    }
}
