internal import DurableFiles
public import ImportDomain
internal import NIOCore
internal import NIOSSL

/// Fetches files over HTTP/1.1, each over its own connection to a checked address.
///
/// Uses no proxy, cookies or credentials. Source: docs/downloads.md.
public final class HTTPFileFetcher: RemoteFileFetcher {
    let resolver: any HostResolver
    let clock: any WallClock
    let threads: FileThreads
    let encryption: NIOSSLContext

    /// Creates a fetcher.
    ///
    /// - Parameters:
    ///   - clock: the clock for dates of `Retry-After`.
    ///   - authoritiesFile: a PEM file of the certificate authorities to trust; nil for those of the system.
    /// - Throws: `RemoteFileError` with code `encryptionFailed` if there are no usable authorities.
    public init(
        resolver: any HostResolver, clock: any WallClock, authoritiesFile: String? = nil
    ) throws(RemoteFileError) {
        self.resolver = resolver
        self.clock = clock
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authoritiesFile { configuration.trustRoots = .file(authoritiesFile) }
        configuration.applicationProtocols = ["http/1.1"]
        // A missing close notification loses nothing.
        configuration.shutdownTimeout = .milliseconds(100)
        do {
            encryption = try NIOSSLContext(configuration: configuration)
        } catch {
            throw .retryable(
                .encryptionFailed, "No certificate authorities could be loaded; install the package ca-certificates.")
        }
        threads = FileThreads(count: 4)
    }

    /// Ends the writing threads. Call it after all downloads have ended.
    public func close() async { await threads.close() }

    /// Fetches one file and writes it to `path` once it is complete.
    ///
    /// - Throws: `RemoteFileError`; nothing is left then.
    public func fetch(_ request: RemoteFileRequest, to path: String) async throws(RemoteFileError) -> RemoteFile {
        let address = try RemoteAddress(request.url)
        let watch = ProgressWatch(totalTime: request.totalTime, idleTime: request.idleTime)
        let result = await withTaskGroup(of: Outcome.self, returning: Result<RemoteFile, RemoteFileError>.self) {
            group in
            group.addTask {
                do throws(RemoteFileError) {
                    return .ended(.success(try await self.follow(address, request, to: path, watch: watch)))
                } catch {
                    return .ended(.failure(error))
                }
            }
            group.addTask { .expired(await watch.expiry()) }
            var ended: Result<RemoteFile, RemoteFileError> = .failure(.cancelled)
            var expiry: RemoteFileError?
            for await outcome in group {
                group.cancelAll()
                switch outcome {
                case .ended(let result): ended = result
                case .expired(let error): expiry = error
                }
            }
            // A file that was complete just before the timeout counts.
            if case .failure = ended, let expiry { return .failure(expiry) }
            return ended
        }
        return try result.get()
    }

    private enum Outcome: Sendable {
        case ended(Result<RemoteFile, RemoteFileError>)
        case expired(RemoteFileError?)
    }

    private func follow(
        _ start: RemoteAddress, _ request: RemoteFileRequest, to path: String, watch: ProgressWatch
    ) async throws(RemoteFileError) -> RemoteFile {
        let allowlist = AddressAllowlist(request.allowlist)
        var address = start
        for _ in 0...FetchLimits.redirects {
            let connection = try await connect(to: address, allowlist: allowlist, watch: watch)
            let exchange = Exchange(
                address: address, request: request, path: path, watch: watch, threads: threads, clock: clock)
            switch try await exchange.run(over: connection) {
            case .file(let file): return file
            case .redirect(let location): address = try address.redirected(to: location)
            }
        }
        throw RemoteFileError(
            .tooManyRedirects, message: "\(start.host.text) redirects more than \(FetchLimits.redirects) times.",
            isPermanent: true)
    }

    /// Checks whether a URL is forbidden; a name that resolves slowly passes.
    ///
    /// - Throws: `RemoteFileError`.
    public func check(_ url: String, allowlist: [String]) async throws(RemoteFileError) {
        let address = try RemoteAddress(url)
        let allowlist = AddressAllowlist(allowlist)
        let refusal = await withTaskGroup(of: RemoteFileError?.self) { group in
            group.addTask {
                do throws(RemoteFileError) {
                    _ = try await self.candidates(for: address, allowlist: allowlist)
                    return nil
                } catch {
                    return error
                }
            }
            group.addTask {
                try? await Task.sleep(for: FetchLimits.checkTime)  // Woken early when the answer is there.
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        if let refusal { throw refusal }
    }

    /// The addresses of a host, if all of them are allowed.
    private func candidates(
        for address: RemoteAddress, allowlist: AddressAllowlist
    ) async throws(RemoteFileError) -> [IPAddress] {
        let host = address.host.name
        let candidates = try await resolver.addresses(of: host)
        for candidate in candidates {
            if let purpose = PrivateAddressRules.refusal(of: candidate),
                !allowlist.allows(candidate, of: host, port: address.port)
            {
                throw .refused(host, candidate, purpose)
            }
        }
        return candidates
    }

    /// Resolves a host once, checks all its addresses, and connects to one of them.
    private func connect(
        to address: RemoteAddress, allowlist: AddressAllowlist, watch: ProgressWatch
    ) async throws(RemoteFileError) -> Connection {
        let host = address.host.name
        let candidates = try await candidates(for: address, allowlist: allowlist)
        var failure = RemoteFileError.retryable(.hostUnknown, "The host \(host) has no address.")
        for candidate in candidates.prefix(FetchLimits.addresses) {
            watch.advance()
            do {
                return try await Connection.open(
                    to: candidate, port: address.port, encryption: address.isEncrypted ? encryption : nil, name: host,
                    watch: watch)
            } catch {
                if Task.isCancelled { throw .cancelled }
                failure = .connection(error, to: address)
            }
        }
        throw failure
    }
}
