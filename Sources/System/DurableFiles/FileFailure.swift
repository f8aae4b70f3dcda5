internal import Glibc

/// What the file system answered when something did not work.
public struct FileFailure: Error, Equatable, Sendable {
    /// What was being done.
    public enum Action: String, Sendable {
        /// Making a file or directory.
        case create
        /// Opening a file that should be there.
        case open
        /// Reading bytes, a size or a directory.
        case read
        /// Appending bytes.
        case write
        /// Bringing bytes to the disk.
        case sync
        /// Giving a file another name.
        case rename
        /// Removing a file.
        case remove
    }

    /// What was being done.
    public let action: Action
    /// The system's number of the error.
    public let errno: Int32

    /// A failure with this number.
    public init(_ action: Action, errno: Int32) {
        self.action = action
        self.errno = errno
    }

    /// A failure with the number that the thread's last system call left.
    public init(_ action: Action) { self.init(action, errno: Glibc.errno) }

    /// Whether the disk, or the owner's share of it, is full.
    public var isFull: Bool { errno == ENOSPC || errno == EDQUOT }

    /// Whether this user may not do it, or nobody may because the file system is read-only.
    public var isRefused: Bool { [EACCES, EPERM, EROFS].contains(errno) }

    /// Whether the file does not exist.
    public var isMissing: Bool { errno == ENOENT }

    /// Whether a file of that name exists already.
    public var isTaken: Bool { errno == EEXIST }

    /// The system's own words.
    public var reason: String { String(cString: strerror(errno)) }
}
