internal import Glibc

/// A failure of the file system.
public struct FileFailure: Error, Equatable, Sendable {
    /// The failed action.
    public enum Action: String, Sendable {
        /// Creating a file or directory.
        case create
        /// Opening an existing file.
        case open
        /// Reading bytes, a size or a directory.
        case read
        /// Appending bytes.
        case write
        /// Syncing to the disk.
        case sync
        /// Renaming a file.
        case rename
        /// Removing a file.
        case remove
    }

    /// The failed action.
    public let action: Action
    /// The system's number of the error.
    public let errno: Int32

    /// A failure with this number.
    public init(_ action: Action, errno: Int32) {
        self.action = action
        self.errno = errno
    }

    /// A failure with the thread's current `errno`.
    public init(_ action: Action) { self.init(action, errno: Glibc.errno) }

    /// Whether the disk or the quota is full.
    public var isFull: Bool { errno == ENOSPC || errno == EDQUOT }

    /// Whether permissions or a read-only file system forbid it.
    public var isRefused: Bool { [EACCES, EPERM, EROFS].contains(errno) }

    /// Whether the file does not exist.
    public var isMissing: Bool { errno == ENOENT }

    /// Whether a file of that name exists already.
    public var isTaken: Bool { errno == EEXIST }

    /// The system's message.
    public var reason: String { String(cString: strerror(errno)) }
}
