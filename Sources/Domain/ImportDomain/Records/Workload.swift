/// How much work records make: what a batch holds, and what a worker claims at once.
public struct Workload: Equatable, Sendable {
    /// Records, which decide how long writing takes.
    public var records: Int
    /// Bytes of their text, which decide how much memory they take.
    public var bytes: Int
    /// Records with a password, which decide how long preparing takes: bcrypt needs as long for one of them as the rest
    /// of an import for a thousand records.
    public var secrets: Int

    /// A workload of the given parts; none by default.
    public init(records: Int = 0, bytes: Int = 0, secrets: Int = 0) {
        self.records = records
        self.bytes = bytes
        self.secrets = secrets
    }

    /// Whether no part of it is larger than that of a limit.
    public func fits(in limit: Workload) -> Bool {
        records <= limit.records && bytes <= limit.bytes && secrets <= limit.secrets
    }

    /// Whether some part of it is as large as that of a limit.
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
