/// `import.undo` and its list; additions of Ferry.
public enum UndoCalls {
    /// Undoes an import, or returns what that would do.
    public static let undo = APICall<NoFields, UndoBody, UndoResponse>(.post, v1: "import.undo")
    /// Lists what an undo kept, and why.
    public static let kept = APICall<KeptQuery, NoFields, ListResponse<KeptBody>>(.get, v1: "import.undo.kept")
}

/// The body of `import.undo`; no field is required.
public struct UndoBody: Codable, Equatable, Sendable {
    /// The id of the operation; the current one by default.
    public var operationId: String?
    /// Whether to return only what would be done.
    public var dryRun: Bool?

    /// A body of these fields.
    public init(operationId: String? = nil, dryRun: Bool? = nil) {
        self.operationId = operationId
        self.dryRun = dryRun
    }
}

/// The query of `import.undo.kept`.
public struct KeptQuery: Paged, Codable, Equatable, Sendable {
    /// How many items to skip.
    public var offset: Int?
    /// How many items to return at most.
    public var count: Int?
    /// The id of the operation; the current one by default.
    public var operationId: String?
    /// Only items of this type: `user`, `channel`, `message` or `membership`.
    public var type: String?
    /// Only items with this reason.
    public var code: String?

    /// The first page of everything.
    public init() {}
}
