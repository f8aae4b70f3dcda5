internal import ImportDomain
internal import NIOHTTP1

/// Classifies a response by its header.
struct ResponseCheck {
    let address: RemoteAddress
    let request: RemoteFileRequest
    let now: Timestamp

    /// The target of a redirect; nil for other responses.
    func redirect(_ answer: HTTPResponseHead) throws(RemoteFileError) -> String? {
        guard [301, 302, 303, 307, 308].contains(answer.status.code) else { return nil }
        return answer.headers.first(name: "Location") ?? ""
    }

    /// The declared media type of a response with a file.
    ///
    /// - Throws: `RemoteFileError` if it is not a file, or not an accepted one.
    func mediaType(ofFile answer: HTTPResponseHead) throws(RemoteFileError) -> String? {
        let status = Int(answer.status.code)
        // Responses without content, or with a part of it, are not files.
        guard (200..<300).contains(status), ![204, 205, 206].contains(status) else {
            let wait = answer.headers.first(name: "Retry-After").flatMap { RetryAfter.duration($0, now: now) }
            throw .status(status, at: address, retryAfter: wait)
        }
        for field in ["Content-Encoding", "Transfer-Encoding"] {
            let plain = field == "Content-Encoding" ? "identity" : "chunked"
            for encoding in answer.headers[canonicalForm: field] where encoding.lowercased() != plain {
                throw RemoteFileError(
                    .encodingRefused,
                    message: "\(address.host.text) compressed the file against the request.",
                    isPermanent: true)
            }
        }
        if let declared = answer.headers.first(name: "Content-Length").flatMap({ Int64($0) }),
            declared > request.maximumBytes
        {
            throw .tooLarge(request.maximumBytes, at: address)
        }
        let mediaType = answer.headers.first(name: "Content-Type").flatMap(Self.essence)
        if !request.acceptsPages, mediaType == "text/html" || mediaType == "application/xhtml+xml" {
            throw RemoteFileError(
                .pageRefused,
                message: "\(address.host.text) returned a web page, such as a sign-in page, in place of the file.",
                isPermanent: true)
        }
        return mediaType
    }

    /// A media type without its parameters, in lower case; nil if it is malformed.
    private static func essence(_ text: String) -> String? {
        let essence = text.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        let isAllowed = essence.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"),
                UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let parts = essence.split(separator: "/", omittingEmptySubsequences: false)
        guard isAllowed, essence.utf8.count <= 127, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            return nil
        }
        return essence
    }
}
