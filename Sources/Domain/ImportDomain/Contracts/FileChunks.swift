/// The bytes of a stored file, piece by piece; it can be gone through more than once.
public struct FileChunks: AsyncSequence, Sendable {
    /// The pieces: none is empty, and none is larger than `largestChunkBytes`.
    public typealias Element = [UInt8]
    /// Reads up to so many bytes from so far into the file; fewer, or none, only at its end.
    public typealias Read = @Sendable (_ offset: Int64, _ count: Int) async throws(FileStoreError) -> [UInt8]

    /// The most bytes of a piece.
    public static let largestChunkBytes = 256 << 10

    /// Which bytes of the file these are.
    public let range: Range<Int64>
    /// The size of the whole file in bytes.
    public let fileSizeBytes: Int64
    private let read: Read

    /// The bytes of a range of a file.
    public init(range: Range<Int64>, fileSizeBytes: Int64, read: @escaping Read) {
        self.range = range.clamped(to: 0..<Swift.max(0, fileSizeBytes))
        self.fileSizeBytes = fileSizeBytes
        self.read = read
    }

    /// Begins at the first byte.
    public func makeAsyncIterator() -> Iterator { Iterator(rest: range, read: read) }

    /// Goes through the pieces in order.
    public struct Iterator: AsyncIteratorProtocol {
        var rest: Range<Int64>
        let read: Read

        /// The next piece; nil at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(FileStoreError) -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            let count = Int(Swift.min(rest.upperBound - rest.lowerBound, Int64(FileChunks.largestChunkBytes)))
            let chunk = try await read(rest.lowerBound, count)
            guard !chunk.isEmpty else {
                throw FileStoreError(.failed, message: "A stored file became shorter while it was read.")
            }
            rest = (rest.lowerBound + Int64(chunk.count))..<rest.upperBound
            return chunk
        }
    }
}
