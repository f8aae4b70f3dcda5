internal import Glibc

/// What tells whether a file is still the one that was read before.
struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// The identity of an ordinary file.
    ///
    /// - Throws: `UserFileError` if there is none.
    init(path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR {
                throw UserFileError(.notFound, "There is no file \(path).", value: path)
            }
            throw UserFileError.system(.unreadable, "opened", path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw UserFileError(
                .unreadable, "\(path) is not an ordinary file. Give the path of a file, or - for standard input.",
                value: path)
        }
        guard access(path, R_OK) == 0 else { throw UserFileError.system(.unreadable, "read", path) }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
