/// An archive (zip; tar, also in gzip, bzip2, xz or zstd) read as a stream; nothing is unpacked to disk.
///
/// It blocks while it reads and belongs to one thread.
public final class ExportArchive {
    /// What the file is: `zip`, `tar` or `compressedTar`.
    public let kind: ExportFileKind
    /// What the archive holds, by its names.
    public private(set) var outline = ArchiveOutline()
    /// The bytes of the file.
    public let compressedBytes: Int64

    let path: String
    let limits: ExportFileLimits
    let checkpoint: () throws -> Void
    /// Hashes of the names that more than one file has.
    var duplicatedNames: Set<Int> = []
    /// Names of a zip archive that stand for those of its entries, by the entry's place.
    private(set) var unicodeNames: [Int: [UInt8]] = [:]
    private var currentScan: ArchiveScan?
    /// How many scans are under way, one inside the other.
    private var scanDepth = 0
    var evidence = FormatEvidence()

    /// Opens an archive and reads all its names once.
    ///
    /// - Parameters:
    ///   - path: where the file lies.
    ///   - limits: how much of it is taken.
    ///   - checkpoint: called for every chunk and every few thousand entries and elements, here and in each scan; what
    ///     it throws ends the reading.
    /// - Throws: `ExportFileError`: `unrecognized` for a file that is no archive, for one part of a split archive and
    ///   for an archive that holds nothing but another archive; `empty`, `encrypted`, `damaged` and `limitExceeded`;
    ///   and whatever `checkpoint` throws.
    public init(
        path: String, limits: ExportFileLimits = ExportFileLimits(), checkpoint: @escaping () throws -> Void = {}
    ) throws {
        self.path = path
        self.limits = limits
        self.checkpoint = checkpoint
        let file = try FileBytes(path: path)
        compressedBytes = file.size
        kind = try ExportFileKind.detect(path: path, checkpoint: checkpoint)
        guard kind.isArchive else {
            throw try ExportFormat.detect(path: path)?.refusal() ?? kind.refusal(expected: "an archive (zip or tar)")
        }
        if kind == .zip { unicodeNames = try ZipDirectory(file: file, limits: limits).check(checkpoint) }
        outline = try readOutline()
        try refuseNestedArchive()
    }

    /// What the archive's names and the first bytes of its files show; nil if nothing known.
    public var format: ExportFormat? { evidence.format?.format }

    /// What the archive is and what to do with it, for importers that read no archive of its format; nil if the format
    /// is not known.
    public var formatRefusal: ExportFileError? {
        evidence.format.map { $0.format.refusal(shownBy: $0.entry) }
    }

    /// Refuses an archive that shows another format than the one that an importer reads.
    ///
    /// - Throws: `ExportFileError` with `unrecognized`, which says what the archive is and what to do with it.
    public func require(_ expected: ExportFormat) throws {
        guard !evidence.shows(expected), format != expected, let formatRefusal else { return }
        throw formatRefusal
    }

    /// The bytes of the file that the current or last scan has passed, for progress.
    public var compressedBytesRead: Int64 { currentScan?.fileBytesRead ?? 0 }

    /// Goes over the files in the archive's order; it may be called several times, also inside itself.
    ///
    /// An entry whose data `visit` does not read is passed over; in a zip archive without unpacking it.
    ///
    /// - Parameter visit: handles each file. It may catch `entryUnreadable` and return, and the scan goes on.
    /// - Throws: `ExportFileError` with `damaged` when the archive cannot be read any further, with `limitExceeded`;
    ///   and whatever `visit` throws.
    public func scan(_ visit: (ArchiveEntry) throws -> Void) throws {
        let outerScan = currentScan
        let scan = ArchiveScan(self)
        currentScan = scan
        scanDepth += 1
        defer {
            scanDepth -= 1
            if scanDepth > 0 { currentScan = outerScan }
        }
        try scan.run(visit)
    }
}
