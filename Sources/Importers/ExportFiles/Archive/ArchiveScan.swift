/// One way through the files of an archive; it opens the archive again behind entries that libarchive gives up at.
final class ArchiveScan {
    private static let entriesPerCheckpoint = 512

    private let path: String
    private let kind: ExportFileKind
    private let limits: ExportFileLimits
    private let fileBytes: Int64
    private let prefix: String?
    private let duplicatedNames: Set<Int>
    private let isPlainZip: Bool
    private let suffixAhead: String?
    let checkpoint: () throws -> Void

    private var pass: (any ArchivePass)?
    /// How many entries have been gone to, of any kind.
    private var passedEntries = 0
    private var files = 0
    /// How many entries have been gone to again.
    private var repassedEntries = 0
    private var unreadableEntries = 0
    private var announcedBytes: Int64 = 0
    private var unpackedBytes: Int64 = 0
    private var seenDuplicates: Set<Int> = []
    private var isSparse = false
    /// The file whose data may be read now.
    private var readableIndex: Int?

    /// How many entries were passed over: folders, links, junk.
    private(set) var ignoredCount = 0
    /// How many bytes of the archive have been passed; it never goes back.
    private(set) var fileBytesRead: Int64 = 0

    /// - Parameter suffixAhead: how the names end of files that are unpacked ahead, on a thread of its own.
    init(_ archive: ExportArchive, suffixAhead: String? = nil) {
        self.suffixAhead = suffixAhead
        path = archive.path
        kind = archive.kind
        limits = archive.limits
        fileBytes = archive.compressedBytes
        prefix = archive.outline.wrappingFolder.map { $0 + "/" }
        duplicatedNames = archive.duplicatedNames
        isPlainZip = archive.isPlainZip
        checkpoint = archive.checkpoint
    }

    /// Hands out every file.
    func run(_ visit: (ArchiveEntry) throws -> Void) throws {
        while let (name, size) = try nextFile() {
            let hash = name.hashValue
            let isDuplicate = duplicatedNames.contains(hash) && !seenDuplicates.insert(hash).inserted
            let label = prefix.map { name.hasPrefix($0) ? String(name.dropFirst($0.count)) : name } ?? name
            readableIndex = files - 1
            try visit(ArchiveEntry(name: label, index: files - 1, isDuplicate: isDuplicate, size: size, scan: self))
            readableIndex = nil
        }
        fileBytesRead = fileBytes
    }

    /// Goes to the next file; its name is whole, with the folder around everything.
    func nextFile() throws -> (name: String, size: Int64?)? {
        try passRest()
        let pass = try openPass()
        while let header = try pass.next() {
            passedEntries += 1
            if passedEntries.isMultiple(of: Self.entriesPerCheckpoint) { try checkpoint() }
            fileBytesRead = min(fileBytes, max(fileBytesRead, pass.fileBytesRead))
            guard passedEntries <= limits.maximumEntries else {
                throw ExportFileError.limit("The archive has more than \(limits.maximumEntries) entries.")
            }
            guard header.nameBytes.count <= limits.maximumNameBytes else {
                throw ExportFileError.limit("An entry's name has more than \(limits.maximumNameBytes) bytes.")
            }
            switch EntryName(header.nameBytes, isFolder: header.isFolder) {
            case .hostile(let name): throw ExportFileError.hostileName(name)
            case .file(let name) where header.isRegularFile:
                try take(header, name)
                return (name, header.size)
            case .file, .folder, .junk: ignoredCount += 1
            }
        }
        return nil
    }

    /// The first bytes of the current file, as far as they can be read; a fault shows when the entry is read.
    func start(_ count: Int) throws -> [UInt8] {
        var start: [UInt8] = []
        while start.count < count, case .data(let block)? = pass?.nextBlock() {
            try checkpoint()
            start.append(contentsOf: block.prefix(count - start.count))
        }
        return start
    }

    /// Reads the data of an entry.
    func read(_ entry: ArchiveEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        precondition(readableIndex == entry.index, "An entry is read at most once, inside the call it is handed to.")
        readableIndex = nil
        guard !isSparse else {
            throw ExportFileError(
                .entryUnreadable, "The entry is a sparse file. Pack it again without --sparse.", entry: entry.name)
        }
        var entryBytes: Int64 = 0
        while true {
            try checkpoint()
            switch pass?.nextBlock() ?? .end {
            case .end: return
            case .data(let block):
                try account(block.count, &entryBytes, entry.name)
                try body(block)
            case .broken(let block, let reason):
                try account(block.count, &entryBytes, entry.name)
                if !block.isEmpty { try body(block) }
                throw unreadable(entry.name, reason)
            }
        }
    }

    /// The reading that is under way, or a new one that has caught up with one that died.
    private func openPass() throws -> any ArchivePass {
        if let pass, !pass.isDead { return pass }
        guard pass == nil || kind == .zip else {
            throw ExportFileError(
                .damaged, "The archive is cut off or broken behind its first \(files) files. Export again.")
        }
        // Each new pass goes over all entries before the broken one; their number must not be multiplied.
        repassedEntries += passedEntries
        guard repassedEntries <= 4 * limits.maximumEntries else {
            throw ExportFileError(
                .damaged, "The archive has too many broken entries behind its first \(files) files. Export again.")
        }
        let next: any ArchivePass =
            switch (isPlainZip, suffixAhead) {
            case (true, let suffix?): try AheadPass(path: path, limits: limits, suffix: suffix)
            case (true, nil): try ZipPass(path: path, limits: limits)
            case (false, _): try LibarchivePass(path: path, content: kind == .zip ? .zip : .tar)
            }
        for index in 0..<passedEntries {
            if index.isMultiple(of: Self.entriesPerCheckpoint) { try checkpoint() }
            guard try next.next() != nil else { break }
        }
        pass = next
        return next
    }

    /// Goes behind the data of the entry that is left, block by block: libarchive would unpack all of it in one call.
    /// In a zip archive and in a plain tar archive it seeks, which takes no time.
    private func passRest() throws {
        guard kind == .compressedTar, let pass, !pass.isDead, passedEntries > 0 else { return }
        while case .data = pass.nextBlock() { try checkpoint() }
    }

    private func take(_ header: ArchiveHeader, _ name: String) throws(ExportFileError) {
        guard !header.isEncrypted else { throw .encryptedEntry(name) }
        let size = max(0, header.size ?? 0)
        guard size <= limits.maximumEntryBytes else { throw .entryTooLarge(name, limits) }
        announcedBytes = announcedBytes.addingReportingOverflow(size).partialValue
        guard announcedBytes >= 0, announcedBytes <= limits.unpackedBytes(of: fileBytes) else {
            throw .unpacksTooFar(limits, fileBytes)
        }
        files += 1
        isSparse = header.isSparse
    }

    private func account(_ count: Int, _ entryBytes: inout Int64, _ name: String) throws(ExportFileError) {
        entryBytes += Int64(count)
        unpackedBytes += Int64(count)
        if let pass { fileBytesRead = min(fileBytes, max(fileBytesRead, pass.fileBytesRead)) }
        guard entryBytes <= limits.maximumEntryBytes else { throw .entryTooLarge(name, limits) }
        guard unpackedBytes <= limits.unpackedBytes(of: fileBytes) else { throw .unpacksTooFar(limits, fileBytes) }
    }

    private func unreadable(_ name: String, _ reason: String) -> ExportFileError {
        unreadableEntries += 1
        guard unreadableEntries <= limits.maximumUnreadableEntries else {
            return ExportFileError(
                .damaged,
                "More than \(limits.maximumUnreadableEntries) entries of the archive are broken. Export again.",
                entry: name)
        }
        return ExportFileError(
            .entryUnreadable, "The entry is broken (\(reason)). The others are read; export again for this one.",
            entry: name)
    }
}
