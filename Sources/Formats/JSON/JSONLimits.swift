/// How much a JSON text may ask of its reader.
public struct JSONLimits: Sendable {
    /// How many objects and arrays may be open at once, the outermost included. Values above 512 count as 512, because
    /// a `JSONValue` is built and compared by recursion.
    public var maximumDepth: Int
    /// How many bytes one element, value or line may have when a splitter hands it out. `JSONReader` does not ask for
    /// it: what it reads is in memory already.
    public var maximumElementBytes: Int

    /// Limits of the given sizes.
    ///
    /// - Parameters:
    ///   - maximumDepth: how many objects and arrays may be open at once, from 1 to 512.
    ///   - maximumElementBytes: how many bytes a splitter may have to buffer, at least 1.
    public init(maximumDepth: Int = 64, maximumElementBytes: Int = 1 << 20) {
        self.maximumDepth = maximumDepth
        self.maximumElementBytes = maximumElementBytes
    }

    /// The depth that readers go by.
    var effectiveDepth: Int { min(maximumDepth, 512) }

    /// A number's literal is kept as text and may be parsed more than once; RFC 8259 lets readers limit it.
    static let maximumNumberBytes = 1024

    /// A top-level key is buffered by the splitter before anybody can tell whether it is wanted.
    static let maximumSplitKeyBytes = 1024
}
