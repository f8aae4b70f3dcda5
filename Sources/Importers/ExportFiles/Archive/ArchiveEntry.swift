/// One file of an archive, valid only inside the call that it is handed to.
public final class ArchiveEntry: ByteSource {
    /// What the archive calls it, without a folder around everything: parts separated by `/`, in Unicode's normal form
    /// C. It is a label and never a path.
    public let name: String
    /// Its place among the archive's files, from 0, junk left out.
    public let index: Int
    /// Whether an earlier file of the archive has the same name.
    public let isDuplicate: Bool
    /// The bytes that it unpacks to; nil when only reading tells.
    public let size: Int64?
    private let scan: ArchiveScan

    init(name: String, index: Int, isDuplicate: Bool, size: Int64?, scan: ArchiveScan) {
        self.name = name
        self.index = index
        self.isDuplicate = isDuplicate
        self.size = size
        self.scan = scan
    }

    /// The parts of the name.
    public var components: [Substring] { name.utf8.split(separator: 0x2F).map(Substring.init) }

    /// The part of the name after the last `/`.
    public var baseName: Substring { name.utf8.lastIndex(of: 0x2F).map { name[name.index(after: $0)...] } ?? name[...] }

    /// The same as `name`.
    public var entryName: String? { name }

    /// Reads the data, at most once.
    ///
    /// - Parameter body: handles each chunk, which is only valid inside the call.
    /// - Throws: `ExportFileError` with `entryUnreadable` when this entry is broken, after what came before the fault
    ///   was handed out; with `limitExceeded` when it is beyond a limit; and whatever `body` throws.
    public func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try scan.read(self, body)
    }

    /// Calls the archive's checkpoint.
    public func checkpoint() throws {
        try scan.checkpoint()
    }
}
