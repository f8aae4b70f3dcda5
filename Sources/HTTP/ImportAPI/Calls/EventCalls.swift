/// The stream of an import's progress, an addition of Ferry.
public enum EventCalls {
    /// Reports progress until the end, as Server-Sent Events with `ProgressEventBody` as data.
    public static let events = APICall<EventQuery, NoFields, RawContent>(.get, v1: "import.events")
}

/// The query of `import.events`.
public struct EventQuery: Codable, Equatable, Sendable {
    /// The id of the operation; the current one by default.
    public var operationId: String?

    /// The current operation.
    public init() {}
}
