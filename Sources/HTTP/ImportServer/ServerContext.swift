package import Hummingbird
import NIOCore

/// The context of a request: Hummingbird's values and the client's address.
package struct ServerContext: RequestContext {
    /// Hummingbird's own values.
    package var coreContext: CoreRequestContextStorage
    /// The client's network address, without its port.
    var address: String
    /// The connection.
    let channel: any Channel

    /// Runs long work, which is cancelled when the client closes the connection.
    func whileConnected<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await work() }
        let departure = ConnectionHandler.Departure { task.cancel() }
        let (channel, pipeline) = (channel, channel.pipeline)
        channel.eventLoop.execute {
            // Requests of tests come without a connection.
            try? pipeline.syncOperations.handler(type: ConnectionHandler.self).add(departure)
        }
        defer {
            channel.eventLoop.execute {
                // The connection may be gone.
                try? pipeline.syncOperations.handler(type: ConnectionHandler.self).remove(departure)
            }
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// A context for a request on a connection.
    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        address = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}
