/// A call failed on its way: there is no response of the API that explains it.
public struct TransportError: Error, Equatable, Sendable {
    /// What happened.
    public enum Reason: Equatable, Sendable {
        /// No connection: the name is unknown, nothing listens, or encryption failed. The server received nothing.
        case cannotConnect
        /// The connection ended before the response was complete.
        case connectionLost
        /// The server neither accepted nor sent anything for this long.
        case silence(Duration)
        /// The response is not one of the API, such as the page of a proxy or malformed JSON.
        case unexpectedResponse
        /// The response has more bytes than the client accepts.
        case responseTooLarge(limit: Int)
        /// The number of staged records fits neither that a batch was staged nor that it was not.
        case stagedCountDiffers(expected: Int, found: Int)
        /// Another operation became the current one.
        case operationReplaced
    }

    /// The call, such as `import.run`.
    public let call: String
    /// What happened.
    public let reason: Reason
    /// The HTTP status, if there was a response.
    public let status: Int?
    /// The details, as a sentence; never a secret.
    public let detail: String
    /// Whether the server may have made the change that the call requests. Look at `import.status` before you repeat it.
    public internal(set) var isOutcomeUnknown: Bool
    /// How long the response demands to wait before the next attempt.
    public internal(set) var retryAfter: Duration?

    init(
        _ call: String, _ reason: Reason, _ detail: String, status: Int? = nil, isOutcomeUnknown: Bool = false
    ) {
        self.call = call
        self.reason = reason
        self.status = status
        self.detail = ServerError.shortened(detail)
        self.isOutcomeUnknown = isOutcomeUnknown
    }
}

extension TransportError: CustomStringConvertible {
    /// A sentence with the call, the reason and what to do.
    public var description: String {
        "\(call): \(detail)"
            + (isOutcomeUnknown ? " Whether the server made the change is unknown: look at import.status." : "")
    }
}
