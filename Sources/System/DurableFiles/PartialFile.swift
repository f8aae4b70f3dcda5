internal import Glibc
internal import Synchronization

/// A file that is written under a temporary name and renamed once it is complete on the disk.
///
/// So the final path has the complete file or none, even after a loss of power. Its calls block: run them on
/// `FileThreads`. A file that is neither finished nor discarded is removed with its last reference.
public final class PartialFile: Sendable {
    private struct State {
        var descriptor: Int32?
        var sizeBytes: Int64 = 0
    }

    /// Where the bytes lie until the file is finished.
    public let temporaryPath: String
    private let finalPath: String
    private let state: Mutex<State>

    /// Creates an empty file with mode 0600.
    ///
    /// - Parameters:
    ///   - finalPath: the final path; an existing file is replaced.
    ///   - temporaryPath: the unused path until then, on the same file system; by default beside `finalPath`.
    /// - Throws: `FileFailure`.
    public init(_ finalPath: String, at temporaryPath: String? = nil) throws(FileFailure) {
        self.finalPath = finalPath
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        self.temporaryPath = temporaryPath ?? "\(finalPath).part-\(random)"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(self.temporaryPath, flags, 0o600)
        guard descriptor >= 0 else { throw FileFailure(.create) }
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { discard() }

    /// The bytes written so far.
    public var sizeBytes: Int64 { state.withLock { $0.sizeBytes } }

    /// Appends bytes.
    ///
    /// - Throws: `FileFailure`, also if the file is finished or discarded.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileFailure) {
        try state.withLock { state throws(FileFailure) in
            guard let descriptor = state.descriptor else { throw FileFailure(.write, errno: EBADF) }
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw FileFailure(.write) }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                state.sizeBytes += Int64(count)
            }
        }
    }

    /// Syncs the file and renames it.
    ///
    /// - Returns: its size in bytes.
    /// - Throws: `FileFailure`; the temporary file is removed then.
    public func finish() throws(FileFailure) -> Int64 {
        defer { discard() }
        return try state.withLock { state throws(FileFailure) in
            guard let descriptor = state.descriptor else { throw FileFailure(.sync, errno: EBADF) }
            guard fsync(descriptor) == 0 else { throw FileFailure(.sync) }
            try Directory.rename(temporaryPath, to: finalPath)
            state.descriptor = nil
            close(descriptor)
            return state.sizeBytes
        }
    }

    /// Removes the file; does nothing once it is finished or discarded.
    public func discard() {
        state.withLock { state in
            guard let descriptor = state.descriptor else { return }
            state.descriptor = nil
            close(descriptor)
            unlink(temporaryPath)
        }
    }
}
