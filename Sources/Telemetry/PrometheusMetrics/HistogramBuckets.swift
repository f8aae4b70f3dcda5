/// The upper bounds of a histogram's buckets; a bucket for larger values always exists.
public struct HistogramBuckets: Sendable, Equatable {
    /// The bounds, ascending; a value equal to a bound is in its bucket.
    public let upperBounds: [Double]

    /// Buckets with these bounds.
    ///
    /// - Parameter upperBounds: in any order; repeated and infinite ones are ignored.
    public init(_ upperBounds: [Double]) {
        self.upperBounds = Set(upperBounds.filter(\.isFinite)).sorted()
    }

    /// For timers, in seconds: from a request without a database to a batch of a minute.
    public static let seconds = HistogramBuckets([
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ])

    /// Default for sizes and counts.
    public static let sizes = HistogramBuckets([
        1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000,
    ])
}
