/// Something whose bytes are read from beginning to end: an entry of an archive, or a file by itself.
public protocol ByteSource: AnyObject {
    /// The name of the entry; nil for a file by itself.
    var entryName: String? { get }

    /// Reads all bytes.
    ///
    /// - Parameter body: handles each chunk, which is only valid inside the call; an error that it throws ends the
    ///   reading.
    /// - Throws: `ExportFileError` for bytes that cannot be read, and whatever `body` throws.
    func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws

    /// Throws if nobody wants the content any more. Readers call it for every chunk and every few thousand elements.
    ///
    /// - Throws: what the closure throws that the archive or stream was opened with.
    func checkpoint() throws
}

extension ByteSource {
    /// Most sources are read to their end whatever happens.
    public func checkpoint() throws {}
}
