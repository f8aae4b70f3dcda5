/// How many records a transaction takes: as many as keep it within a quarter of a second, so that other writers never
/// wait for long.
struct BatchSize: Sendable {
    static let smallest = 100
    static let largest = 10_000
    static let target: Duration = .milliseconds(250)

    /// The number of records for the next batch.
    private(set) var records = 2_000

    /// Learns from the time that a batch held the writer.
    mutating func adapt(toBatchOf count: Int, writtenIn duration: Duration) {
        // Batches that were small for want of records say nothing about large ones.
        if duration > Self.target {
            records = max(Self.smallest, min(records, count) / 2)
        } else if duration < Self.target / 2, count * 2 > records {
            records = min(Self.largest, records * 2)
        }
    }
}
