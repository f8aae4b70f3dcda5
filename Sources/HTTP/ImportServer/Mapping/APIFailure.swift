import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain

/// An error response.
struct APIFailure: Error {
    var status: HTTPResponse.Status
    var body: ErrorBody
    var headers = HTTPFields()

    /// An error with a text only.
    static func plain(_ text: String, status: HTTPResponse.Status = .badRequest) -> APIFailure {
        APIFailure(status: status, body: ErrorBody(error: text))
    }

    /// An error with a code: `<text> [<code>]`.
    static func coded(
        _ text: String, _ code: String, details: String? = nil, status: HTTPResponse.Status = .badRequest
    ) -> APIFailure {
        APIFailure(status: status, body: ErrorBody(error: "\(text) [\(code)]", errorType: code, details: details))
    }

    /// A body that is not shaped as documented.
    static func invalidBody(_ messages: [String], import details: ErrorBody.Import? = nil) -> APIFailure {
        var failure = coded(messages.joined(separator: "\n "), "invalid-params")
        failure.body.import = details
        return failure
    }

    /// Query parameters that are not as documented.
    static func invalidQuery(_ messages: [String]) -> APIFailure {
        coded(messages.joined(separator: "\n "), "error-invalid-params")
    }

    /// No valid credentials: missing, unknown, expired or mismatched, without a distinction.
    static let notSignedIn = authentication("You must be logged in to do this.")

    /// A failed sign-in.
    static func authentication(_ code: String, message: String? = nil) -> APIFailure {
        APIFailure(
            status: .unauthorized, body: ErrorBody(error: code, status: "error", message: message ?? code))
    }

    /// The caller lacks a permission.
    static let notAllowed = plain(
        "User does not have the permissions required for this action [error-unauthorized]", status: .forbidden)

    /// No room matches that the caller may find.
    ///
    /// - Parameter kind: the wire name of such rooms: `channel`, `group`, `direct message`.
    static func roomNotFound(_ kind: String) -> APIFailure {
        let parameter = kind == "direct message" ? "username" : "roomName"
        return coded(
            "The required \"roomId\" or \"\(parameter)\" param provided does not match any \(kind)",
            "error-room-not-found")
    }

    /// The path is unknown.
    static let notFound = unknownEndpoint(.notFound)

    /// The file does not exist, or the caller may not read it.
    static let resourceNotFound = plain("Resource not found", status: .notFound)

    /// The path does not support the method.
    static func methodNotAllowed(allowed: String) -> APIFailure {
        unknownEndpoint(.methodNotAllowed).with(.allow, allowed)
    }

    /// More bytes than the call takes.
    static let tooLarge = coded("Request body too large", "error-request-too-large", status: .contentTooLarge)

    /// The request is not HTTP/1, or is incomplete.
    static func malformedRequest(_ text: String) -> APIFailure { coded(text, "error-malformed-request") }

    /// The head of the request has more bytes or fields than allowed.
    static let headTooLarge = coded(
        "The head of the request is too large. It may have 80 KiB and 1,000 fields", "error-head-too-large",
        status: .requestHeaderFieldsTooLarge)

    /// The method is not one of HTTP's.
    static let unknownMethod = coded("The method is unknown", "error-method-unknown", status: .methodNotAllowed)
        .with(.allow, "GET, HEAD, OPTIONS, POST")

    /// The request is in another version than HTTP/1.0 and HTTP/1.1.
    static let unknownVersion = coded(
        "Use HTTP/1.1", "error-version-unknown", status: .httpVersionNotSupported)

    /// The client took too long for its request.
    static let requestTimeout = coded(
        "The request did not arrive in time. Send it again", "error-request-timeout", status: .requestTimeout)

    /// The server has reached its limit of connections.
    static let tooManyConnections = coded(
        "The server has too many connections. Try again later", "error-too-many-connections",
        status: .serviceUnavailable
    ).with(.retryAfter, "5")

    /// The server stops before the request is complete.
    static let stopping = coded(
        "The server is stopping and did not complete the request. Look whether it took effect, and send it again once "
            + "the server runs", "error-server-stopping", status: .serviceUnavailable
    ).with(.retryAfter, "5")

    /// Too many sign-ins are in progress.
    static let tooManySignIns = coded(
        "Too many sign-ins are in progress. Try again in some seconds", "error-too-many-requests",
        status: .tooManyRequests
    ).with(.retryAfter, "5")

    /// The body is compressed.
    static let unknownContentEncoding = coded(
        "The body has a Content-Encoding. Send it uncompressed", "error-content-encoding",
        status: .unsupportedMediaType
    ).with(.acceptEncoding, "identity")

    private static func unknownEndpoint(_ status: HTTPResponse.Status) -> APIFailure {
        let text = "API endpoint does not exist"
        return APIFailure(status: status, body: ErrorBody(error: text, status: "error", message: text))
    }

    /// The same error, with a header field.
    func with(_ name: HTTPField.Name, _ value: String) -> APIFailure {
        var failure = self
        failure.headers[name] = value
        return failure
    }

    /// The body as it goes over the wire.
    var bytes: ByteBuffer { ByteBuffer(bytes: WireJSON.data(body)) }

    var response: Response {
        var response = WireJSON.response(body, status: status)
        response.headers.append(contentsOf: headers)
        return response
    }
}
