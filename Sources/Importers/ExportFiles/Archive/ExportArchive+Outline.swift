extension ExportArchive {
    /// Reads all names once.
    func readOutline() throws -> ArchiveOutline {
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

    /// Refuses an archive of one archive: which of the two is meant is not for us to guess.
    func refuseNestedArchive() throws {
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
