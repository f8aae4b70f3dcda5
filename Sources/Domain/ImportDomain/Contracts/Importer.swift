/// A source of records: reads one kind of file.
///
/// Importers are plug-ins: nothing past the staging area knows which one a record came through.
/// Source: docs/writing-an-importer.md.
public protocol Importer: Sendable {
    /// What clients see of it.
    var description: ImporterDescription { get }

    /// Reads a file from its beginning to its end and hands over what it finds.
    ///
    /// It runs on a thread of its own, where it may block; memory must not depend on the size of the file. The same
    /// file must give the same records, whatever the order of an archive's entries. Definitions (users, contacts,
    /// rooms) may come before or after messages.
    /// - Throws: `ImportFileFailure` for a file that cannot be imported at all, and whatever `output` throws.
    func read(_ file: ImportFile, into output: any ImportOutput) throws

    /// Reads a file again, once its messages are imported, for the bytes of files that it holds itself.
    ///
    /// Only importers whose messages carry files with the location `FileReference.Location.archived` need it. It runs
    /// as `read(_:into:)` does. What `output` does not want is passed over.
    /// - Throws: `ImportFileFailure` when the file cannot be read any further, and whatever `output` throws.
    func readAttachedFiles(of file: ImportFile, into output: any AttachedFileOutput) throws
}

extension Importer {
    /// Formats whose exports hold no files have nothing to read.
    public func readAttachedFiles(of file: ImportFile, into output: any AttachedFileOutput) throws {}
}

/// Where an importer puts the bytes of files that an export holds, one file after the other.
///
/// Every call may block, as those of `ImportOutput`, and throws what the importer passes on.
public protocol AttachedFileOutput: AnyObject {
    /// Begins a file, if imported messages wait for it.
    ///
    /// - Parameters:
    ///   - id: the file's id, as in the `FileReference` of messages.
    ///   - source: the source's name, as there.
    ///   - entry: where it is, for people.
    /// - Returns: whether its bytes are wanted; if not, nothing more is to be said of it.
    func begin(_ id: String, of source: String, entry: String) throws -> Bool

    /// Takes the next bytes of the file that was begun; they are copied.
    func write(_ bytes: UnsafeRawBufferPointer) throws

    /// Ends the file that was begun: all of it was there.
    func finish() throws

    /// Gives up the file that was begun, because it cannot be read.
    func abandon(for reason: String) throws

    /// Throws if nobody wants the files any more, as `ImportOutput.checkCancellation()` does.
    func checkCancellation() throws
}

/// A file that is to be imported.
public struct ImportFile: Sendable {
    /// Where the bytes lie.
    public let path: String
    /// What its owner calls it; a label, never a path.
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

/// Where an importer puts what it finds.
///
/// Every call may block until there is room, which is how a fast reader waits for a slow database.
public protocol ImportOutput: AnyObject {
    /// Stages a record.
    ///
    /// - Throws: `CancellationError` when the operation was ended, and the store's failures; the importer passes
    ///   them on.
    func stage(_ record: ImportRecord) throws

    /// Writes down something that an administrator should know.
    func report(_ finding: ImportFinding) throws

    /// Throws if nobody wants the file any more; cheap enough to call for every few elements of a list.
    ///
    /// An importer calls it wherever much time may pass between two other calls: inside of large elements, in loops
    /// over what it remembers, in scanners of long texts.
    /// - Throws: `CancellationError` when the operation was ended, or the process is to stop.
    func checkCancellation() throws

    /// Tells how far reading has come.
    ///
    /// - Parameters:
    ///   - entry: the part that is being read, for people; nil between parts.
    ///   - bytes: bytes of the file read so far, compressed as they are.
    ///   - total: bytes of the whole file.
    func report(entry: String?, bytes: Int64, of total: Int64) throws
}
