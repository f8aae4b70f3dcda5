internal import Glibc

/// The scheduling priority of a thread.
enum ThreadPriority {
    /// Lowers the priority of the calling thread.
    ///
    /// On Linux the value belongs to a thread, and 0 is the calling one. Setting it again is cheap compared with a
    /// hash. A failure only affects scheduling.
    static func yieldToOthers() {
        let whose = __priority_which_t(PRIO_PROCESS.rawValue)
        // Keep an even lower priority.
        guard getpriority(whose, 0) < 10 else { return }
        setpriority(whose, 0, 10)
    }
}
