import HTTPTypes
import Hummingbird
import ImportAPI

/// A refusal as it goes over the wire.
struct APIFailure: Error {
    var status: HTTPResponse.Status
    var body: ErrorBody
    var headers = HTTPFields()

    /// A refusal with nothing but a text.
    static func plain(_ text: String, status: HTTPResponse.Status = .badRequest) -> APIFailure {
        APIFailure(status: status, body: ErrorBody(error: text))
    }

    /// A refusal with a code: `<text> [<code>]`.
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

    /// No valid credentials; missing, unknown, expired and mismatched ones are not told apart.
    static let notSignedIn = authentication("You must be logged in to do this.")

    /// A refused sign-in.
    static func authentication(_ code: String, message: String? = nil) -> APIFailure {
        APIFailure(
            status: .unauthorized, body: ErrorBody(error: code, status: "error", message: message ?? code))
    }

    /// The caller lacks a permission.
    static let notAllowed = plain(
        "User does not have the permissions required for this action [error-unauthorized]", status: .forbidden)

    /// No room matches, or none of which the caller may know.
    ///
    /// - Parameter kind: what such rooms are called on the wire: `channel`, `group`, `direct message`.
    static func roomNotFound(_ kind: String) -> APIFailure {
        let parameter = kind == "direct message" ? "username" : "roomName"
        return coded(
            "The required \"roomId\" or \"\(parameter)\" param provided does not match any \(kind)",
            "error-room-not-found")
    }

    /// No call is at this path.
    static let notFound = unknownEndpoint(.notFound)

    /// Nothing is at this path, or nothing that the caller may know.
    static let resourceNotFound = plain("Resource not found", status: .notFound)

    /// The path is known, the method is not.
    static func methodNotAllowed(allowed: String) -> APIFailure {
        var failure = unknownEndpoint(.methodNotAllowed)
        failure.headers[.allow] = allowed
        return failure
    }

    /// More bytes than the call takes.
    static let tooLarge = coded("Request body too large", "error-request-too-large", status: .contentTooLarge)

    private static func unknownEndpoint(_ status: HTTPResponse.Status) -> APIFailure {
        let text = "API endpoint does not exist"
        return APIFailure(status: status, body: ErrorBody(error: text, status: "error", message: text))
    }

    var response: Response {
        var response = JSONAnswer.response(body, status: status)
        response.headers.append(contentsOf: headers)
        return response
    }
}
