/// `import.retry`; without fields every failed record of the current operation is tried again.
public struct RetryBody: Codable, Equatable, Sendable {
    /// What is to become of a failed record.
    public struct Record: Codable, Equatable, Sendable {
        /// The record's id, as in `import.failures`.
        public var id: String
        /// The corrected record, complete; without it the record is tried again as it is.
        public var data: JSONBody?
        /// Whether the record is skipped instead.
        public var skip: Bool?

        /// A record that is tried again as it is.
        public init(id: String, data: JSONBody? = nil, skip: Bool? = nil) {
            self.id = id
            self.data = data
            self.skip = skip
        }
    }

    /// The operation; the current one by default.
    public var operationId: String?
    /// Only these records, and those of `records`.
    public var ids: [String]?
    /// Only records of this type, and those of `records`.
    public var type: String?
    /// Only records with this reason, and those of `records`.
    public var code: String?
    /// Corrections.
    public var records: [Record]?
    /// The policies of this run; those of the operation by default.
    public var policy: PolicyBody?

    /// Every failed record.
    public init() {}
}

/// The query of `import.retry`, for bodies of lines and tables.
public struct RetryQuery: Codable, Equatable, Sendable {
    /// The operation; the current one by default.
    public var operationId: String?
    /// The policies of this run, as the JSON text of a `PolicyBody`; those of the operation by default.
    public var policy: String?

    /// The current operation.
    public init() {}
}
