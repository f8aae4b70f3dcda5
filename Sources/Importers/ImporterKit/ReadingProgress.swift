public import ImportDomain

/// Tells how far the reading of a file has come, never backwards and not more often than useful.
public final class ReadingProgress {
    private let output: any ImportOutput
    private let total: Int64
    private var entry: String?
    private var reported: Int64 = -1

    /// How many bytes pass between two reports about one entry.
    private static let step: Int64 = 1 << 20

    /// Progress of a file of so many bytes.
    public init(_ output: any ImportOutput, total: Int64) {
        self.output = output
        self.total = total
    }

    /// Takes note of where the reader is.
    public func note(entry: String?, bytes: Int64) throws {
        let bytes = min(max(bytes, reported, 0), total)
        guard reported < 0 || bytes - reported >= Self.step || (entry != self.entry && bytes > reported) else { return }
        self.entry = entry
        reported = bytes
        try output.report(entry: entry, bytes: bytes, of: total)
    }

    /// Everything was read.
    public func finish() throws {
        try output.report(entry: nil, bytes: total, of: total)
    }
}
