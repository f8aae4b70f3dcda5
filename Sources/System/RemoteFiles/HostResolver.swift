public import ImportDomain

/// Finds the addresses of hosts; tests answer what they like.
public protocol HostResolver: Sendable {
    /// All present addresses of a host, of both versions and without repetition.
    ///
    /// It is asked once for each connection, and the connection goes to an address that it gave.
    /// - Throws: `RemoteFileError` when there is none.
    func addresses(of host: String) async throws(RemoteFileError) -> [IPAddress]
}
