/// The upper bounds of a histogram's buckets; one for everything above is always there.
public struct HistogramBuckets: Sendable, Equatable {
    /// The bounds, rising; a value that equals a bound is in its bucket.
    public let upperBounds: [Double]

    /// Buckets with these bounds.
    ///
    /// - Parameter upperBounds: in any order; what is given twice or is not finite is left out.
    public init(_ upperBounds: [Double]) {
        self.upperBounds = Set(upperBounds.filter(\.isFinite)).sorted()
    }

    /// For timers, in seconds: from a request answered out of memory to a batch that takes a minute.
    public static let seconds = HistogramBuckets([
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ])

    /// For sizes and counts of which nothing else is known.
    public static let sizes = HistogramBuckets([
        1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000,
    ])
}
