public import ImportDomain

/// Reports how much of a file is read: never backwards, and at most once per MiB of an entry.
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

    /// Reports the position if it moved far enough.
    public func note(entry: String?, bytes: Int64) throws {
        let bytes = min(max(bytes, reported, 0), total)
        guard reported < 0 || bytes - reported >= Self.step || (entry != self.entry && bytes > reported) else { return }
        self.entry = entry
        reported = bytes
        try output.report(entry: entry, bytes: bytes, of: total)
    }

    /// Reports the end of the file.
    public func finish() throws {
        try output.report(entry: nil, bytes: total, of: total)
    }
}
