internal import DurableFiles
internal import Glibc

/// A file that is open for reading until its last reference is released; its calls block.
final class StoredFile: Sendable {
    private let descriptor: Int32
    /// The size when it was opened; finished files never change.
    let sizeBytes: Int64

    /// Opens an ordinary file; rejects a symbolic link.
    init(_ path: String) throws(FileFailure) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFailure(.open) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            let failure = FileFailure(.read)
            close(descriptor)
            throw failure
        }
        sizeBytes = Int64(information.st_size)
    }

    deinit { close(descriptor) }

    /// Whether a path is an ordinary file, not a link, directory or device.
    static func isOrdinary(_ path: String) throws(FileFailure) -> Bool {
        var information = stat()
        guard lstat(path, &information) == 0 else { throw FileFailure(.read) }
        return information.st_mode & S_IFMT == S_IFREG
    }

    /// Up to `count` bytes from `offset` on; fewer only at the end.
    func read(_ count: Int, at offset: Int64) throws(FileFailure) -> [UInt8] {
        var failure: FileFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, UnsafeMutableRawPointer(buffer.baseAddress)?.advanced(by: filled), count - filled,
                    off_t(offset) + filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = FileFailure(.read) }
                if got <= 0 { return }
                filled += got
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Syncs the file and sets its mode to 0600; returns its size.
    func sync() throws(FileFailure) -> Int64 {
        guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else { throw FileFailure(.sync) }
        return sizeBytes
    }
}
