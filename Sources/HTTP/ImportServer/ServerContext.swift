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

    /// A context for a request on a connection.
    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        address = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}
