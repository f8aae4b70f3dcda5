import CPQ
import Dispatch
import Glibc
import Synchronization

/// Receives notifications of other processes, on its own connection and thread.
///
/// A notification lost with a connection only costs a delay, because workers also poll.
final class WorkListener: Sendable {
    static let channel = "ferry_work"
    /// The maximum wait for the socket, and so the maximum delay of noticing the end of the stream.
    private static let waitMilliseconds: Int32 = 500
    private static let pauseMicroseconds: UInt32 = 2_000_000

    private let url: String

    init(url: String) { self.url = url }

    func announcements() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let isEnded = Flag()
            continuation.onTermination = { _ in isEnded.raise() }
            DispatchQueue(label: "ferry.postgresql.listener").async { [url] in
                while !isEnded.isRaised {
                    Self.listen(url, until: isEnded) { continuation.yield() }
                    if !isEnded.isRaised { usleep(Self.pauseMicroseconds) }
                }
            }
        }
    }

    /// Returns when the connection fails, is lost, or is no longer needed.
    private static func listen(_ url: String, until isEnded: Flag, heard: () -> Void) {
        // Any failure is retried after a pause.
        guard let connection = try? PostgreSQLAddress.connect(to: url) else { return }
        defer { PQfinish(connection) }
        let answer = PQexec(connection, "LISTEN \(channel)")
        defer { PQclear(answer) }
        guard PQresultStatus(answer) == PGRES_COMMAND_OK else { return }
        // A notification may have been sent while nobody listened.
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

/// Stops another thread.
private final class Flag: Sendable {
    private let value = Mutex(false)

    var isRaised: Bool { value.withLock { $0 } }

    func raise() { value.withLock { $0 = true } }
}
