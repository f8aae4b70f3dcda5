import HTTPTypes
import Hummingbird

/// Takes the client's address from `X-Forwarded-For` if there are proxies.
///
/// Each proxy appends the address that it sees, so with `proxies` of them the client's is that many entries from the
/// end. A client can forge the entries before it. A request with fewer entries did not come through the proxies; its
/// address is the connection's.
struct ForwardedAddress: RouterMiddleware {
    /// How many proxies there are between clients and the server; 0 for none.
    let proxies: Int

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        guard let address = Self.address(in: request.headers, proxies: proxies) else {
            return try await next(request, context)
        }
        var context = context
        context.address = address
        return try await next(request, context)
    }

    /// The client's address from the proxies' header.
    static func address(in headers: HTTPFields, proxies: Int) -> String? {
        guard proxies > 0, let name = HTTPField.Name("X-Forwarded-For") else { return nil }
        let entries = headers[values: name].flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard entries.count >= proxies else { return nil }
        let address = entries[entries.count - proxies].filter { $0 != " " && $0 != "\t" }
        // The longest address has 45 characters, and brackets and a port may come with it.
        guard !address.isEmpty, address.utf8.count <= 64 else { return nil }
        return withoutPort(address)
    }

    /// Some proxies add the client's port, which would make each connection a separate client.
    private static func withoutPort(_ address: String) -> String {
        if address.hasPrefix("["), let end = address.firstIndex(of: "]") {
            return String(address[address.index(after: address.startIndex)..<end])
        }
        // Two colons and more are an IPv6 address.
        guard address.count(where: { $0 == ":" }) == 1 else { return address }
        return String(address.prefix { $0 != ":" })
    }
}
