internal import Glibc
internal import Synchronization

/// A file that is being written under a temporary name, and gets its own name only when all of it is on the disk.
///
/// Whoever opens the final path therefore finds all of the file or none of it, even after a loss of power. Its calls
/// block: they belong on `FileThreads`. A file that is neither finished nor discarded is removed when the last
/// reference to it goes.
public final class PartialFile: Sendable {
    private struct State {
        var descriptor: Int32?
        var sizeBytes: Int64 = 0
    }

    /// Where the bytes lie until the file is finished.
    public let temporaryPath: String
    private let finalPath: String
    private let state: Mutex<State>

    /// Creates an empty file that only its owner may read (mode 0600).
    ///
    /// - Parameters:
    ///   - finalPath: where the file goes; what lies there is replaced.
    ///   - temporaryPath: where it lies until then, on the same file system; by default beside `finalPath`. Nothing may
    ///     be there.
    /// - Throws: `FileFailure` as the system gives it.
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

    /// How much was written so far.
    public var sizeBytes: Int64 { state.withLock { $0.sizeBytes } }

    /// Appends bytes.
    ///
    /// - Throws: `FileFailure`, also when the file is finished or discarded.
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

    /// Brings the file to the disk and gives it its name.
    ///
    /// - Returns: its size in bytes.
    /// - Throws: `FileFailure`; nothing is left under the temporary name then.
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
