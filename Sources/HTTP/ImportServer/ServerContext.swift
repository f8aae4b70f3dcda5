public import Hummingbird
import NIOCore

/// What a request carries along: Hummingbird's own values and the client's address.
public struct ServerContext: RequestContext {
    /// Hummingbird's own values.
    public var coreContext: CoreRequestContextStorage
    /// The client's network address, without its port.
    var address: String
    /// The connection.
    let channel: any Channel

    /// A context for a request on a connection.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        address = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}
