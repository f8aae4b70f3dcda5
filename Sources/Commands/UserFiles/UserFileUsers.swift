internal import BoundedQueue
internal import Dispatch
public import ImportAPI

/// A valid user of a file.
public struct UserFileUser: Equatable, Sendable {
    /// The user as `import.addUsers` takes it.
    public let body: StagedUserBody
    /// The line where the user begins, from 1.
    public let line: Int
    /// The index among the valid users, from 0.
    public let index: Int
}

/// The valid users of a file, which is read on a thread while they are consumed.
public struct UserFileUsers: AsyncSequence, Sendable {
    typealias Reading =
        @Sendable (_ take: (UserFileUser) throws -> Void, _ isCancelled: CancellationFlag) throws -> Void
    fileprivate typealias Chunk = Result<[UserFileUser], any Error>

    /// Fewer hand-overs between threads than one for each user.
    private static let chunkCount = 256

    private let reading: Reading

    init(_ reading: @escaping Reading) { self.reading = reading }

    /// Begins to read the file.
    public func makeAsyncIterator() -> Iterator { Iterator(Pipe(reading)) }

    /// One reading of the file; it ends with its last copy.
    public struct Iterator: AsyncIteratorProtocol {
        private let pipe: Pipe
        private var elements: BoundedQueue<Chunk>.Elements
        private var users: ArraySlice<UserFileUser> = []

        fileprivate init(_ pipe: Pipe) {
            self.pipe = pipe
            elements = pipe.queue.elementsInOrder()
        }

        /// The next user; nil at the end.
        ///
        /// - Throws: `UserFileError`, and `CancellationError`.
        public mutating func next() async throws -> UserFileUser? {
            try Task.checkCancellation()
            while users.isEmpty {
                guard let chunk = await elements.next() else {
                    try Task.checkCancellation()
                    return nil
                }
                users = try chunk.get()[...]
            }
            return users.removeFirst()
        }
    }

    /// Stops the reading thread when nobody holds the iterator any more.
    fileprivate final class Pipe: Sendable {
        let queue = BoundedQueue<Chunk>(capacity: 4)
        private let flag = CancellationFlag()

        init(_ reading: @escaping Reading) {
            DispatchQueue(label: "ferry.user-file").async { [queue, flag] in
                do {
                    var users: [UserFileUser] = []
                    func hand() throws {
                        guard !users.isEmpty else { return }
                        try queue.put(.success(users))
                        users.removeAll()
                    }
                    try reading(
                        { user in
                            users.append(user)
                            if users.count == chunkCount { try hand() }
                        }, flag)
                    try hand()
                } catch {
                    // A consumer that is gone needs no error.
                    try? queue.put(.failure(error))
                }
                queue.finish()
            }
        }

        deinit {
            flag.cancel()
            queue.stop(for: CancellationError())
        }
    }
}
