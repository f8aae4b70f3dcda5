import Glibc

/// The limit of open files of this process.
enum OpenFileLimit {
    /// More than any server needs; systems without a limit return a huge number.
    private static let most: rlim_t = 1 << 20

    /// Raises the limit to the hard limit.
    ///
    /// - Returns: the new limit.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        let wanted = min(limit.rlim_max, most)
        if limit.rlim_cur < wanted {
            var raised = rlimit(rlim_cur: wanted, rlim_max: limit.rlim_max)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(min(limit.rlim_cur, most))
    }
}
