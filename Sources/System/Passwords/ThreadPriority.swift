internal import Glibc

/// How much of a processor a thread gets while others want it too.
enum ThreadPriority {
    /// Lets every thread of ordinary priority go first.
    ///
    /// On Linux the value belongs to a thread, and 0 names the calling one. Setting it anew costs nothing beside a
    /// hash, so callers need not keep track of which threads have it. Should it not be settable, the hashes are still
    /// right: they only share the processors less politely.
    static func yieldToOthers() {
        let whose = __priority_which_t(PRIO_PROCESS.rawValue)
        // A process that was started with an even lower priority keeps it.
        guard getpriority(whose, 0) < 10 else { return }
        setpriority(whose, 0, 10)
    }
}
