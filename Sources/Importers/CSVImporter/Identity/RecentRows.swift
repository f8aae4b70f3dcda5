/// Counts rows of the same content within a file, and forgets those that lie far back.
///
/// Equal rows count as equal while at most `capacity` different ones lie between them, because an endless memory would
/// grow with the file. A pair that lies further apart gets one identity and so becomes one message.
struct RecentRows {
    private let capacity: Int
    private var recent: [UInt64: Int] = [:]
    private var older: [UInt64: Int] = [:]

    init(capacity: Int = 16_384) {
        self.capacity = capacity
        recent.reserveCapacity(capacity)
        older.reserveCapacity(capacity)
    }

    /// How many rows of this content came before, in what is remembered.
    mutating func ordinal(of key: UInt64) -> Int {
        if let count = recent[key] {
            recent[key] = count + 1
            return count
        }
        let count = older[key] ?? 0
        if recent.count == capacity {
            swap(&recent, &older)
            recent.removeAll(keepingCapacity: true)
        }
        recent[key] = count + 1
        return count
    }

    /// Begins another file.
    mutating func forget() {
        if !recent.isEmpty { recent.removeAll(keepingCapacity: true) }
        if !older.isEmpty { older.removeAll(keepingCapacity: true) }
    }
}
