import CPQ
import Dispatch
import Glibc
import Synchronization

/// Hears what other processes announce, on a connection and a thread of its own.
///
/// An announcement that is lost with a connection costs a delay and no more: workers look by themselves as well.
final class WorkListener: Sendable {
    static let channel = "ferry_work"
    /// How long a wait for the socket may take, which is how long an end of the stream may take to be noticed.
    private static let waitMilliseconds: Int32 = 500
    private static let pauseAfterFailure = 2.0

    private let url: String

    init(url: String) { self.url = url }

    func announcements() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let isEnded = Flag()
            continuation.onTermination = { _ in isEnded.raise() }
            DispatchQueue(label: "ferry.postgresql.listener").async { [url] in
                while !isEnded.isRaised {
                    Self.listen(url, until: isEnded) { continuation.yield() }
                    if !isEnded.isRaised { Thread.sleep(seconds: Self.pauseAfterFailure) }
                }
            }
        }
    }

    /// Returns when the connection cannot be made, is lost, or is no longer wanted.
    private static func listen(_ url: String, until isEnded: Flag, heard: () -> Void) {
        // Tried again after a pause, whatever it was.
        guard let connection = try? PostgreSQLAddress.connect(to: url) else { return }
        defer { PQfinish(connection) }
        let answer = PQexec(connection, "LISTEN \(channel)")
        defer { PQclear(answer) }
        guard PQresultStatus(answer) == PGRES_COMMAND_OK else { return }
        // Something may have been announced while nobody listened.
        heard()
        while !isEnded.isRaised {
            var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, waitMilliseconds) >= 0 || errno == EINTR else { return }
            guard PQconsumeInput(connection) == 1 else { return }
            while let notification = PQnotifies(connection) {
                PQfreemem(notification)
                heard()
            }
        }
    }
}

/// Tells another thread to end.
private final class Flag: Sendable {
    private let value = Mutex(false)

    var isRaised: Bool { value.withLock { $0 } }

    func raise() { value.withLock { $0 = true } }
}

/// The current thread.
private enum Thread {
    static func sleep(seconds: Double) { usleep(UInt32(seconds * 1_000_000)) }
}
