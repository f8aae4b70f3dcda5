/// The progress of reading an operation's file.
public struct FileProgress: Equatable, Sendable {
    /// Bytes of the file read so far, before decompression.
    public let bytesRead: Int64
    /// Bytes of the whole file.
    public let bytesTotal: Int64

    /// A progress in bytes.
    public init(bytesRead: Int64, bytesTotal: Int64) {
        self.bytesRead = bytesRead
        self.bytesTotal = bytesTotal
    }
}
