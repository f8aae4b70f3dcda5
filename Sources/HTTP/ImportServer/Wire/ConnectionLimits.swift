package import NIOCore

/// Limits of connections.
///
/// Source: docs/api.md, "Connections".
package struct ConnectionLimits: Sendable {
    /// How many connections are served at the same time; more get status 503.
    package var connections = 4_096
    /// How long a connection may stay without a request.
    package var idle = TimeAmount.seconds(75)
    /// How long the head of a request may take, from its first byte.
    package var head = TimeAmount.seconds(30)
    /// How long a body may pause. Waiting for a whole body may take this and a second for each ``bodyBytesPerSecond``.
    package var bodyPause = TimeAmount.seconds(60)
    /// The minimum rate of a body.
    package var bodyBytesPerSecond = 500
    /// How long a body may pause while the server is stopping.
    package var bodyPauseWhileStopping = TimeAmount.seconds(5)
    /// How long a client may read nothing of a response.
    package var response = TimeAmount.seconds(60)
    /// How many bytes of a request are discarded after its response, so that the client reads the response.
    package var discardedBytes = 256 << 20
    /// The time limit of discarding.
    package var discarding = TimeAmount.seconds(30)
    /// The maximum bytes of an unread body that keep the connection open.
    package var unreadBytes = 64 << 10
    /// How long a connection beyond ``connections`` may take for its request.
    package var rejectedHead = TimeAmount.seconds(5)

    /// The limits of a server.
    package init() {}

    /// The limits of a process with this limit of open files: each connection may open a file, and the rest is for the
    /// database and imports.
    package init(openFiles: Int) {
        connections = min(connections, max(16, (openFiles - Self.reservedFiles) / 2))
    }

    /// How many connections are accepted; those beyond ``connections`` only get an error.
    package var acceptedConnections: Int { connections + 64 }

    private static let reservedFiles = 192
}
