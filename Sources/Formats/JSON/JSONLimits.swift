/// Limits of a JSON text.
public struct JSONLimits: Sendable {
    /// The maximum nesting, including the outermost level. Values above 512 count as 512, because a `JSONValue` is
    /// built and compared by recursion.
    public var maximumDepth: Int
    /// The maximum bytes of one element, value or line of a splitter. `JSONReader` ignores it, because its bytes are in
    /// memory already.
    public var maximumElementBytes: Int

    /// Creates limits.
    ///
    /// - Parameters:
    ///   - maximumDepth: the maximum nesting, from 1 to 512.
    ///   - maximumElementBytes: the maximum bytes that a splitter buffers, at least 1.
    public init(maximumDepth: Int = 64, maximumElementBytes: Int = 1 << 20) {
        self.maximumDepth = maximumDepth
        self.maximumElementBytes = maximumElementBytes
    }

    /// The effective maximum nesting.
    var effectiveDepth: Int { min(maximumDepth, 512) }

    /// A number's literal is stored and may be parsed more than once; RFC 8259 allows a limit.
    static let maximumNumberBytes = 1024

    /// The splitter buffers top-level keys.
    static let maximumSplitKeyBytes = 1024
}
