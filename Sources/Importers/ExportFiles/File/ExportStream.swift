/// A file that is not an archive, read as a stream. A compressed file is decompressed on the way.
///
/// It blocks while it reads and belongs to one thread.
public final class ExportStream: ByteSource {
    private static let chunkBytes = 1 << 18

    /// What the file is.
    public let kind: ExportFileKind
    /// The bytes of the file.
    public let compressedBytes: Int64
    /// The bytes of the file that the current or last reading has passed, for progress.
    public private(set) var compressedBytesRead: Int64 = 0

    private let path: String
    private let limits: ExportFileLimits
    private let file: FileBytes
    private let stopping: () throws -> Void

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: where it lies.
    ///   - limits: how much of it is taken.
    ///   - checkpoint: called for every chunk and by readers every few thousand elements; what it throws ends the
    ///     reading.
    /// - Throws: `ExportFileError` with `damaged` when it cannot be read, `empty` when it has no content; and whatever
    ///   `checkpoint` throws.
    public init(
        path: String, limits: ExportFileLimits = ExportFileLimits(), checkpoint: @escaping () throws -> Void = {}
    ) throws {
        self.path = path
        self.limits = limits
        stopping = checkpoint
        file = try FileBytes(path: path)
        kind = try ExportFileKind.detect(path: path, checkpoint: checkpoint)
        compressedBytes = file.size
        guard kind != .empty else { throw kind.refusal(expected: "an export") }
    }

    /// What the file is behind its compression, if it has one.
    public var contentKind: ExportFileKind {
        if case .compressed(let inner) = kind { inner } else { kind }
    }

    /// Nil: the file is not an entry of an archive.
    public var entryName: String? { nil }

    /// Calls the closure that the stream was opened with.
    public func checkpoint() throws { try stopping() }

    /// Reads all bytes, from the beginning each time.
    public func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        compressedBytesRead = 0
        if case .compressed = kind { try readCompressed(body) } else { try readPlain(body) }
        compressedBytesRead = compressedBytes
    }

    private func readPlain(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard compressedBytes <= limits.maximumEntryBytes else {
            throw ExportFileError.limit("The file has more than \(limits.maximumEntryBytes) bytes.")
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkBytes, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try checkpoint()
            let count = try file.read(at: compressedBytesRead, into: buffer)
            guard count > 0 else { return }
            compressedBytesRead += Int64(count)
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private func readCompressed(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let pass = try LibarchivePass(path: path, content: .compressedBytes)
        guard try pass.next() != nil else { return }
        let allowed = min(limits.maximumEntryBytes, limits.unpackedBytes(of: compressedBytes))
        var unpacked: Int64 = 0
        while true {
            try checkpoint()
            switch pass.nextBlock() {
            case .end: return
            case .data(let block):
                unpacked += Int64(block.count)
                guard unpacked <= allowed else { throw ExportFileError.unpacksTooFar(limits, compressedBytes) }
                compressedBytesRead = min(compressedBytes, max(compressedBytesRead, pass.fileBytesRead))
                try body(block)
            case .broken(_, let reason):
                throw ExportFileError(
                    .damaged, "The file is cut off or broken (\(reason)). Send it again, or export again.")
            }
        }
    }
}
