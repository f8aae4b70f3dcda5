/// The body of `import.pause`, `import.resume` and `import.cancel`; no field is required.
public struct ControlBody: Codable, Equatable, Sendable {
    /// The id of the operation; the current one by default.
    public var operationId: String?
    /// Whether the call is about the queue of downloads; by default it is if the current operation has ended and the queue
    /// is not empty.
    public var downloads: Bool?

    /// A body of these fields.
    public init(operationId: String? = nil, downloads: Bool? = nil) {
        self.operationId = operationId
        self.downloads = downloads
    }
}
