public import JSON

/// The limits of a file. A file beyond a limit is rejected with the limit's value.
///
/// Source: docs/export-files.md, "Limits".
public struct ExportFileLimits: Sendable {
    /// How many entries an archive may have, folders and junk included.
    public var maximumEntries = 1_000_000
    /// How many bytes one entry, or a file that is not an archive, may unpack to.
    public var maximumEntryBytes: Int64 = 64 << 30
    /// How many bytes all entries of an archive together may unpack to.
    public var maximumTotalBytes: Int64 = 512 << 30
    /// How many times larger than the file its unpacked content may be.
    public var maximumRatio: Int64 = 250
    /// How many unpacked bytes are fine whatever the ratio.
    public var ratioFloorBytes: Int64 = 256 << 20
    /// How many bytes the name of an entry may have.
    public var maximumNameBytes = 1024
    /// How many root files and how many folders an outline lists.
    public var maximumOutlineNames = 1000
    /// How many unreadable entries are passed over before the whole archive counts as damaged.
    public var maximumUnreadableEntries = 100
    /// How deep JSON may nest, and how many bytes one element of it may have.
    public var json = JSONLimits(maximumDepth: 128, maximumElementBytes: 16 << 20)

    /// The limits that are used where nobody asks for others.
    public init() {}

    /// How many bytes a file of the given size may unpack to.
    func unpackedBytes(of fileBytes: Int64) -> Int64 {
        let (product, overflow) = fileBytes.multipliedReportingOverflow(by: maximumRatio)
        return min(maximumTotalBytes, max(ratioFloorBytes, overflow ? .max : product))
    }
}
