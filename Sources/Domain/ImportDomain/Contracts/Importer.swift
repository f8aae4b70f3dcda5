/// A source of records: reads one kind of file.
///
/// Nothing past the staging area knows the importer of a record.
/// Source: docs/writing-an-importer.md.
public protocol Importer: Sendable {
    /// Its description for clients.
    var description: ImporterDescription { get }

    /// Reads a whole file and passes its records and findings to `output`.
    ///
    /// Runs on its own thread, where it may block. Memory must not depend on the size of the file. The same file must
    /// give the same records, in any order of an archive's entries. Definitions (users, contacts, rooms) may come
    /// before or after messages.
    /// - Throws: `ImportFileFailure` for a file that cannot be imported, and errors of `output`.
    func read(_ file: ImportFile, into output: any ImportOutput) throws

    /// Reads a file again after its messages are imported, for the bytes of the files inside it.
    ///
    /// Only importers whose messages carry files with the location `FileReference.Location.archived` need it. Runs like
    /// `read(_:into:)`. Skip the files that `output` does not need.
    /// - Throws: `ImportFileFailure` if the rest of the file cannot be read, and errors of `output`.
    func readAttachedFiles(of file: ImportFile, into output: any AttachedFileOutput) throws
}

extension Importer {
    /// Does nothing, for formats whose exports contain no files.
    public func readAttachedFiles(of file: ImportFile, into output: any AttachedFileOutput) throws {}
}

/// Receives the bytes of the files inside an export, one file after the other.
///
/// Every call may block, like those of `ImportOutput`. The importer must rethrow errors.
public protocol AttachedFileOutput: AnyObject {
    /// Begins a file, if imported messages wait for it.
    ///
    /// - Parameters:
    ///   - id: the file's id, as in the `FileReference` of messages.
    ///   - source: the source's name, as in the `FileReference`.
    ///   - entry: its name in the archive, for findings.
    /// - Returns: whether its bytes are needed; if not, make no further calls for it.
    func begin(_ id: String, of source: String, entry: String) throws -> Bool

    /// Appends bytes to the file that was begun; they are copied.
    func write(_ bytes: UnsafeRawBufferPointer) throws

    /// Ends the file that was begun; it is complete.
    func finish() throws

    /// Gives up the file that was begun, because it cannot be read.
    func abandon(for reason: String) throws

    /// Throws if the operation has ended, like `ImportOutput.checkCancellation()`.
    func checkCancellation() throws
}

/// A file to import.
public struct ImportFile: Sendable {
    /// The path of the bytes.
    public let path: String
    /// Its original name; a label, never a path.
    public let name: String
    /// The most participants of a direct room (`DirectMesssage_maxUsers`).
    public let directRoomCapacity: Int

    /// Creates a file.
    public init(path: String, name: String, directRoomCapacity: Int = 8) {
        self.path = path
        self.name = name
        self.directRoomCapacity = directRoomCapacity
    }
}

/// Receives the records and findings of an importer.
///
/// Every call may block until there is room: a fast reader waits for a slow database.
public protocol ImportOutput: AnyObject {
    /// Stages a record.
    ///
    /// - Throws: `CancellationError` if the operation has ended, and errors of the store; the importer must rethrow
    ///   them.
    func stage(_ record: ImportRecord) throws

    /// Records a finding for administrators.
    func report(_ finding: ImportFinding) throws

    /// Throws if the operation has ended. Cheap enough to call for every few elements of a list.
    ///
    /// Call it wherever much time may pass between other calls: inside large elements, in loops over remembered values,
    /// in scanners of long texts.
    /// - Throws: `CancellationError` if the operation has ended or the process is stopping.
    func checkCancellation() throws

    /// Reports the progress of reading.
    ///
    /// - Parameters:
    ///   - entry: the entry being read, for display; nil between entries.
    ///   - bytes: bytes of the file read so far, before decompression.
    ///   - total: bytes of the whole file.
    func report(entry: String?, bytes: Int64, of total: Int64) throws
}
