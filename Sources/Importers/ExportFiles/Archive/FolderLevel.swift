/// What lies directly in one folder: the root, or a folder that wraps everything.
struct FolderLevel {
    private let maximumNames: Int
    private(set) var files: [String] = []
    private(set) var folders: [String] = []
    private var knownFiles: Set<Substring> = []
    private var knownFolders: Set<Substring> = []
    /// Files of one folder mostly follow each other.
    private var lastFolder: Substring?
    private(set) var isCutShort = false

    init(maximumNames: Int) {
        self.maximumNames = maximumNames
    }

    /// Takes note of a file by the parts of its name below this folder.
    mutating func add(_ parts: some BidirectionalCollection<Substring>) {
        guard let first = parts.first else { return }
        if parts.dropFirst().isEmpty {
            if !knownFiles.contains(first) { isCutShort = !note(first, &files, &knownFiles) || isCutShort }
        } else if first != lastFolder {
            lastFolder = first
            guard !knownFolders.contains(first) else { return }
            isCutShort = !note(first, &folders, &knownFolders) || isCutShort
        }
    }

    /// The one folder that holds everything, if it is so.
    var onlyFolder: String? {
        files.isEmpty && folders.count == 1 && !isCutShort ? folders.first : nil
    }

    private func note(_ name: Substring, _ names: inout [String], _ known: inout Set<Substring>) -> Bool {
        guard names.count < maximumNames else { return false }
        names.append(String(name))
        known.insert(Substring(String(name)))
        return true
    }
}
