internal import ImportDomain

/// The import ids that a text mentions, each once, up to the limit of a message.
public struct MentionList {
    /// The ids in the order of the text.
    public private(set) var ids: [String] = []
    private var seen: Set<ExactString> = []

    /// Nobody was mentioned yet.
    public init() {}

    /// Whether a message can mention no more.
    public var isFull: Bool { ids.count >= RecordLimits.mentionsPerMessage }

    /// Takes an id in.
    ///
    /// - Returns: whether it is in the list; false for a new one beyond the limit.
    public mutating func insert(_ id: String) -> Bool {
        if seen.contains(ExactString(id)) { return true }
        if isFull { return false }
        seen.insert(ExactString(id))
        ids.append(id)
        return true
    }

    /// Forgets all.
    public mutating func removeAll() {
        if !ids.isEmpty { (ids, seen) = ([], []) }
    }
}
