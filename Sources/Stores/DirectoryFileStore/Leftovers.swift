internal import DurableFiles
internal import Glibc

/// Incomplete files of processes that have ended.
enum Leftovers {
    /// Removes ordinary files of a directory that were not changed for `age`; returns how many.
    static func remove(in directory: String, olderThan age: Duration) throws(FileFailure) -> Int {
        guard let stream = opendir(directory) else { throw FileFailure(.read) }
        defer { closedir(stream) }
        let latest = time(nil) - Int(clamping: age.components.seconds)
        var removed = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var information = stat()
            let path = "\(directory)/\(name)"
            guard lstat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
                information.st_mtim.tv_sec <= latest, unlink(path) == 0
            else { continue }
            removed += 1
        }
        return removed
    }
}
