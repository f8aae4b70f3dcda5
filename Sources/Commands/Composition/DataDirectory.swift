import DurableFiles
import Glibc

/// The directory of the workspace's files.
enum DataDirectory {
    /// Creates the directory if it is missing.
    ///
    /// - Throws: `StartError` if it cannot be created or used.
    static func prepare(_ path: String) throws(StartError) {
        do throws(FileFailure) {
            try Directory.make(path)
        } catch {
            throw StartError(description: sentence(error.errno, path))
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else { throw StartError(description: sentence(errno, path)) }
    }

    static func sentence(_ number: Int32, _ path: String) -> String {
        switch number {
        case ENOTDIR, EEXIST:
            var information = stat()
            let isThere = stat(path, &information) == 0
            return isThere
                ? "The data directory \"\(path)\" is a file. Choose a directory with --data."
                : "The data directory \"\(path)\" is below a file. Choose a directory with --data."
        case EACCES, EPERM:
            return "This user may not read and write the data directory \"\(path)\". Change its owner or mode, or "
                + "choose another with --data."
        case EROFS:
            return "The data directory \"\(path)\" is on a read-only file system. Choose another with --data."
        case ENOSPC, EDQUOT:
            return "The disk of the data directory \"\(path)\" is full. Free some space and start again."
        case ENAMETOOLONG:
            return "The name of the data directory is too long. Choose a shorter one with --data."
        default:
            return "The data directory \"\(path)\" cannot be used: \(String(cString: strerror(number))). "
                + "Choose another with --data."
        }
    }
}
