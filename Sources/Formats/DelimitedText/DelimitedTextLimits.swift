/// The limits of delimited text. A row beyond a limit is reported with the limit's value.
public struct DelimitedTextLimits: Sendable {
    /// The maximum bytes of a field.
    public var maximumFieldBytes = 1 << 20
    /// The maximum bytes of a row.
    public var maximumRowBytes = 4 << 20
    /// How many bytes are kept to find the closing quote of a field that is too long.
    public var maximumLookaheadBytes = 16 << 20
    /// The maximum fields of a row.
    public var maximumColumns = 1000

    /// The default limits.
    public init() {}
}
