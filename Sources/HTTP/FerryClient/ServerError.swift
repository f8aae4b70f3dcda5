import Foundation
import ImportAPI

/// The server rejected a call, or failed, and reported why.
///
/// Source: docs/api.md, "Errors".
public struct ServerError: Error, Equatable, Sendable {
    /// The call, such as `import.run`.
    public let call: String
    /// The HTTP status.
    public let status: Int
    /// A stable name of the error for programs, such as `error-invalid-operation-status`; nil if the server has none.
    public let code: String?
    /// What is wrong and what to do, as a sentence.
    public let message: String
    /// The state of the import, if it does not allow the call.
    public let state: String?
    /// What an administrator requested of the import; nil if nothing.
    public let control: String?
    /// The calls that lead on from the state.
    public let next: [String]
    /// The index of the invalid record, from 0. For batched calls it counts from the first record of all batches.
    public internal(set) var index: Int?
    /// The invalid field.
    public let field: String?
    /// The invalid value; never a secret.
    public let value: String?
    /// How long the server demands to wait before the next attempt.
    public let retryAfter: Duration?

    /// Bytes of an error response that are read; more is no response of the API.
    static let bodyLimit = 64 << 10

    /// Reads an error response.
    ///
    /// - Returns: nil if the body is not an error of the API, such as the page of a proxy.
    init?(call: String, status: Int, body: [UInt8], retryAfter: Duration?) {
        // A body that cannot be decoded is the reason to return nil.
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(body)),
            let text = body.import?.message ?? body.error ?? body.message
        else { return nil }
        self.call = call
        self.status = status
        code = body.errorType ?? body.import?.code ?? Self.suffix(of: body.error ?? "")
        message = Self.shortened(text)
        state = body.import?.state
        control = body.import?.control
        next = body.import?.next ?? []
        index = body.import?.index
        field = body.import?.field
        value = body.import?.value
        self.retryAfter = retryAfter
    }

    /// What the client reads of an error. Rocket.Chat omits `success` in some errors and has other types in `details`.
    private struct Body: Decodable {
        var error: String?
        var errorType: String?
        var message: String?
        var `import`: ErrorBody.Import?
    }

    /// The code at the end of a text, as in `… [error-unauthorized]`.
    private static func suffix(of text: String) -> String? {
        guard text.hasSuffix("]"), let start = text.lastIndex(of: "[") else {
            return text.hasPrefix("error-") && !text.contains(" ") ? text : nil
        }
        return String(text[text.index(after: start)...].dropLast())
    }

    static func shortened(_ text: String) -> String {
        text.utf8.count <= 2_000 ? text : String(text.prefix(2_000)) + "…"
    }
}

extension ServerError: CustomStringConvertible {
    /// A sentence with the call, the reason, the code and the next calls.
    public var description: String {
        var text = "\(call): \(message)"
        if let code, !message.contains(code) { text += " [\(code)]" }
        if let index { text += " Record \(index)." }
        if !next.isEmpty, !next.contains(where: message.contains) {
            text += " Next: \(next.joined(separator: ", "))."
        }
        return text
    }
}
