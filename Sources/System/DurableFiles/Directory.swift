internal import Glibc

/// Changes to directories that survive a loss of power; every call blocks.
public enum Directory {
    /// Makes a directory and those above it, for its owner only (mode 0700); one that exists stays as it is.
    ///
    /// - Throws: `FileFailure`, also when something else than a directory is in the way.
    public static func make(_ path: String) throws(FileFailure) {
        if mkdir(path, 0o700) == 0 {
            return try sync(parent(of: path))
        }
        switch errno {
        case EEXIST:
            guard kind(of: path) == S_IFDIR else { throw FileFailure(.create, errno: ENOTDIR) }
        case ENOENT:
            let above = parent(of: path)
            guard above != path else { throw FileFailure(.create, errno: ENOENT) }
            try make(above)
            // Somebody else may make it at the same time, which is as good.
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileFailure(.create) }
            try sync(above)
        default:
            throw FileFailure(.create)
        }
    }

    /// Gives a file another name on the same file system, in place of what has that name, and makes that durable.
    ///
    /// - Throws: `FileFailure`; `errno` is `EXDEV` when the two names are on different file systems.
    public static func rename(_ path: String, to newPath: String) throws(FileFailure) {
        guard Glibc.rename(path, newPath) == 0 else { throw FileFailure(.rename) }
        try sync(parent(of: newPath))
    }

    /// Brings the names in a directory to the disk.
    public static func sync(_ path: String) throws(FileFailure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(.open) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileFailure(.sync) }
    }

    /// The directory in which a path lies.
    public static func parent(of path: String) -> String {
        guard let slash = path.dropLast(path.hasSuffix("/") ? 1 : 0).lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func kind(of path: String) -> mode_t? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return information.st_mode & S_IFMT
    }
}
