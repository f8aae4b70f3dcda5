/// The bytes of a stored file in chunks; can be iterated more than once.
public struct FileChunks: AsyncSequence, Sendable {
    /// Chunks of 1 to `largestChunkBytes` bytes.
    public typealias Element = [UInt8]
    /// Reads up to `count` bytes from `offset`; fewer, or none, only at the end of the file.
    public typealias Read = @Sendable (_ offset: Int64, _ count: Int) async throws(FileStoreError) -> [UInt8]

    /// The maximum bytes of a chunk.
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

    /// Iterates over the chunks in order.
    public struct Iterator: AsyncIteratorProtocol {
        var rest: Range<Int64>
        let read: Read

        /// The next chunk; nil at the end.
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
