internal import Glibc

/// Changes to directories that survive a loss of power; every call blocks.
public enum Directory {
    /// Creates a directory and its parents with mode 0700; an existing one stays unchanged.
    ///
    /// - Throws: `FileFailure`, also if the path is not a directory.
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
            // Another process may create it at the same time.
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileFailure(.create) }
            try sync(above)
        default:
            throw FileFailure(.create)
        }
    }

    /// Renames a file on the same file system, replacing the target, and syncs the directory.
    ///
    /// - Throws: `FileFailure`; `errno` is `EXDEV` if the paths are on different file systems.
    public static func rename(_ path: String, to newPath: String) throws(FileFailure) {
        guard Glibc.rename(path, newPath) == 0 else { throw FileFailure(.rename) }
        try sync(parent(of: newPath))
    }

    /// Syncs a directory.
    public static func sync(_ path: String) throws(FileFailure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(.open) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileFailure(.sync) }
    }

    /// The parent directory of a path.
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
