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
    private(set) var duplicatedNames: Set<Int> = []
    /// Whether it is a zip archive whose entries are stored or deflated.
    private(set) var isPlainZip = false
    private var currentScan: ArchiveScan?
    /// How many scans are under way, one inside the other.
    private var scanDepth = 0
    private var evidence = FormatEvidence()

    /// Opens an archive and reads all its names once.
    ///
    /// - Parameters:
    ///   - path: where the file lies.
    ///   - limits: how much of it is taken.
    ///   - checkpoint: called for every chunk and every few thousand entries and elements, here and in each scan; what
    ///     it throws ends the reading.
    /// - Throws: `ExportFileError`: `unrecognized` for a file that is not an archive, for one part of a split archive and
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
        if kind == .zip { isPlainZip = try ZipDirectory(file: file, limits: limits).check(checkpoint) }
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

    /// Rejects an archive that shows another format than the one that an importer reads.
    ///
    /// - Throws: `ExportFileError` with `unrecognized`, which says what the archive is and what to do with it.
    public func require(_ expected: ExportFormat) throws {
        guard !evidence.shows(expected), format != expected, let formatRefusal else { return }
        throw formatRefusal
    }

    /// The bytes of the file that the current or last scan has passed, for progress.
    public var compressedBytesRead: Int64 { currentScan?.fileBytesRead ?? 0 }

    /// Visits the files in the archive's order. It may be called several times, also inside itself.
    ///
    /// An entry whose data `visit` does not read is passed over; in a zip archive without unpacking it.
    ///
    /// - Parameters:
    ///   - suffix: how the names end of files that nearly all are read: a thread unpacks them ahead where that is possible.
    ///   - visit: handles each file. It may catch `entryUnreadable` and return, and the scan continues.
    /// - Throws: `ExportFileError` with `damaged` when the archive cannot be read any further, with `limitExceeded`;
    ///   and whatever `visit` throws.
    public func scan(readingAhead suffix: String? = nil, _ visit: (ArchiveEntry) throws -> Void) throws {
        let outerScan = currentScan
        let scan = ArchiveScan(self, suffixAhead: suffix)
        currentScan = scan
        scanDepth += 1
        defer {
            scanDepth -= 1
            if scanDepth > 0 { currentScan = outerScan }
        }
        try scan.run(visit)
    }

    /// Reads all names once.
    private func readOutline() throws -> ArchiveOutline {
        let scan = ArchiveScan(self)
        var outline = ArchiveOutline()
        var levels = [FolderLevel](repeating: FolderLevel(maximumNames: limits.maximumOutlineNames), count: 3)
        var hashes: [Int] = []
        while let (name, size) = try scan.nextFile() {
            outline.entryCount += 1
            outline.unpackedBytes += size ?? 0
            hashes.append(name.hashValue)
            let parts = name.utf8.split(separator: 0x2F).map(Substring.init)
            note(parts, in: &levels)
            if evidence.note(parts, name) { evidence.note(try scan.start(FormatEvidence.startBytes), of: name) }
        }
        outline.ignoredCount = scan.ignoredCount
        guard outline.entryCount > 0 else {
            throw ExportFileError.emptyArchive
        }
        hashes.sort()
        for (earlier, later) in zip(hashes, hashes.dropFirst()) where earlier == later {
            outline.duplicateCount += 1
            duplicatedNames.insert(later)
        }
        describe(levels, in: &outline)
        return outline
    }

    /// Takes note of a file in the root and in each folder that may turn out to wrap everything.
    private func note(_ parts: [Substring], in levels: inout [FolderLevel]) {
        levels[0].add(parts)
        for depth in 1..<levels.count {
            guard let wrapper = levels[depth - 1].onlyFolder, parts.count > depth, parts[depth - 1] == wrapper else {
                return
            }
            levels[depth].add(parts.dropFirst(depth))
        }
    }

    /// Finds the folder around everything, if there is one, and lists what is in it.
    private func describe(_ levels: [FolderLevel], in outline: inout ArchiveOutline) {
        var depth = 0
        var wrappers: [String] = []
        for candidate in 1..<levels.count {
            guard let wrapper = levels[candidate - 1].onlyFolder, !KnownLayout.isRoot(levels[candidate - 1]) else {
                break
            }
            wrappers.append(wrapper)
            // Folders of rooms only are an export, too; one folder of files is a room.
            let inside = levels[candidate]
            if KnownLayout.isRoot(inside) || (inside.files.isEmpty && inside.folders.count > 1) { depth = candidate }
        }
        outline.wrappingFolder = depth == 0 ? nil : wrappers.prefix(depth).joined(separator: "/")
        outline.rootFileNames = levels[depth].files
        outline.folderNames = levels[depth].folders
        outline.isCutShort = levels[depth].isCutShort
    }

    /// Rejects an archive of one archive: which of the two is meant is not for us to guess.
    private func refuseNestedArchive() throws {
        guard outline.entryCount == 1 else { return }
        let scan = ArchiveScan(self)
        guard let (name, _) = try scan.nextFile() else { return }
        let inner = try scan.start(512).withUnsafeBytes { ExportFileKind(startingWith: $0) }
        guard inner == .zip || inner == .tar || inner == .compressed(.unknown) || inner == .rar || inner == .sevenZip
        else { return }
        throw ExportFileError(
            .unrecognized, "The archive holds nothing but another archive. Unpack it once and send what is inside.",
            entry: name)
    }
}
