internal import ImportDomain

/// The distinct import ids that a text mentions, up to the limit of a message.
public struct MentionList {
    /// The ids in the order of the text.
    public private(set) var ids: [String] = []
    private var seen: Set<ExactString> = []

    /// An empty list.
    public init() {}

    /// Whether the list has reached the limit.
    public var isFull: Bool { ids.count >= RecordLimits.mentionsPerMessage }

    /// Adds an id.
    ///
    /// - Returns: whether it is in the list; false for a new one beyond the limit.
    public mutating func insert(_ id: String) -> Bool {
        if seen.contains(ExactString(id)) { return true }
        if isFull { return false }
        seen.insert(ExactString(id))
        ids.append(id)
        return true
    }

    /// Removes all ids.
    public mutating func removeAll() {
        if !ids.isEmpty { (ids, seen) = ([], []) }
    }
}
