/// How far the reading of an operation's file has come.
public struct FileProgress: Equatable, Sendable {
    /// Bytes of the file read so far, compressed as they are.
    public let bytesRead: Int64
    /// Bytes of the whole file.
    public let bytesTotal: Int64

    /// So many bytes of a whole.
    public init(bytesRead: Int64, bytesTotal: Int64) {
        self.bytesRead = bytesRead
        self.bytesTotal = bytesTotal
    }
}
