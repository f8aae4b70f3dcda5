/// What an archive holds, by its names.
public struct ArchiveOutline: Equatable, Sendable {
    /// The names of files that lie in no folder, as many as `ExportFileLimits.maximumOutlineNames` in the archive's
    /// order.
    public internal(set) var rootFileNames: [String] = []
    /// The names of the folders at the root, as many as the limit allows.
    public internal(set) var folderNames: [String] = []
    /// Whether there are more root files or folders than are listed.
    public internal(set) var isCutShort = false
    /// How many files there are, duplicates included and junk left out.
    public internal(set) var entryCount = 0
    /// How many entries are passed over: folders, links, and what operating systems leave in archives.
    public internal(set) var ignoredCount = 0
    /// How many files have the name of an earlier one.
    public internal(set) var duplicateCount = 0
    /// The folder around everything, which names come without; at most two levels.
    public internal(set) var wrappingFolder: String?
    /// The bytes that all files together unpack to, as far as the archive tells.
    public internal(set) var unpackedBytes: Int64 = 0
}
