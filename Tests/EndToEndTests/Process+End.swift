import Foundation

extension Process {
    /// A program that should have ended by now.
    struct StillRuns: Error {
        let program: String
    }

    /// The status that the program ended with, or the number of the signal that ended it; nil while it runs.
    ///
    /// Asks the kernel, because Foundation waits on a socket that other programs may have inherited, without a
    /// deadline.
    var end: Int32? {
        var information = siginfo_t()
        // Ended processes are left for Foundation to reap; reaped ones are unknown here.
        guard waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOHANG | WNOWAIT) == 0 else {
            return isRunning ? nil : terminationStatus
        }
        let child = information._sifields._sigchld
        return child.si_pid == 0 ? nil : child.si_status
    }

    /// Waits until the program has ended.
    ///
    /// - Returns: the status that it ended with, or the number of the signal that ended it.
    /// - Throws: ``StillRuns``; the program is killed then.
    @discardableResult
    func ended(within limit: Duration = .seconds(120)) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while true {
            if let end { return end }
            guard ContinuousClock.now < deadline else {
                kill(processIdentifier, SIGKILL)
                throw StillRuns(program: ([executableURL?.path ?? ""] + (arguments ?? [])).joined(separator: " "))
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
