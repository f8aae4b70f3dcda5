/// The amount of work of records, which limits batches and claims.
public struct Workload: Equatable, Sendable {
    /// Records, which determine the time of writing.
    public var records: Int
    /// Bytes of their documents, which determine the memory.
    public var bytes: Int
    /// Records with a password, which determine the time of preparation: one bcrypt hash takes as long as the rest of
    /// an import for a thousand records.
    public var secrets: Int

    /// A workload, zero by default.
    public init(records: Int = 0, bytes: Int = 0, secrets: Int = 0) {
        self.records = records
        self.bytes = bytes
        self.secrets = secrets
    }

    /// Whether no component exceeds the limit's.
    public func fits(in limit: Workload) -> Bool {
        records <= limit.records && bytes <= limit.bytes && secrets <= limit.secrets
    }

    /// Whether a component reaches the limit's.
    public func reaches(_ limit: Workload) -> Bool {
        records >= limit.records || bytes >= limit.bytes || secrets >= limit.secrets
    }

    /// Both together.
    public static func + (left: Workload, right: Workload) -> Workload {
        Workload(
            records: left.records + right.records, bytes: left.bytes + right.bytes,
            secrets: left.secrets + right.secrets)
    }

    /// Adds another workload.
    public static func += (left: inout Workload, right: Workload) { left = left + right }
}
