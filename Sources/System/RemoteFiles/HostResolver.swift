public import ImportDomain

/// Resolves hosts; tests inject their own.
public protocol HostResolver: Sendable {
    /// All present addresses of a host, of both versions and without repetition.
    ///
    /// Called once per connection, which goes to one of the returned addresses.
    /// - Throws: `RemoteFileError` if there is none.
    func addresses(of host: String) async throws(RemoteFileError) -> [IPAddress]
}
