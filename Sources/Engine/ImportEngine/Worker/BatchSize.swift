/// How many records a transaction takes: as many as keep it within a quarter of a second, so that other writers never
/// wait for long.
struct BatchSize: Sendable {
    static let smallest = 100
    /// SQLite writes each index page that a transaction changed to its log, so large transactions write less.
    static let largest = 10_000
    /// Other databases log rows; then smaller transactions leave more time to calls.
    static let largestInSharedDatabase = 4_000
    static let target: Duration = .milliseconds(250)

    /// The number of records for the next batch.
    private(set) var records = 2_000
    private let limit: Int

    /// The size of the first batch.
    init(isShared: Bool = false) { limit = isShared ? Self.largestInSharedDatabase : Self.largest }

    /// Learns that a batch could not be written, which a smaller one may be.
    mutating func shrink() { records = max(Self.smallest, records / 2) }

    /// Learns from the time that a batch held the writer.
    mutating func adapt(toBatchOf count: Int, writtenIn duration: Duration) {
        let ratio = Self.target / max(duration, .milliseconds(1))
        if ratio < 1 {
            records = max(Self.smallest, Int(Double(count) * ratio))
        } else if count * 2 > records {
            // Batches that were small for want of records say nothing about large ones.
            records = min(limit, max(records, Int(Double(count) * min(ratio, 2))))
        }
    }
}
