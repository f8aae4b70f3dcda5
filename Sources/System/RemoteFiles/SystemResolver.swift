internal import Glibc
public import ImportDomain
internal import NIOPosix
internal import Synchronization

/// Uses the system's resolver (`/etc/hosts`, `/etc/resolv.conf`) on its own threads.
public final class SystemResolver: HostResolver {
    private typealias Answer = Result<[IPAddress], RemoteFileError>

    /// A result that is set once: by the system, or by cancellation.
    private final class PendingResult: Sendable {
        private struct State {
            var answer: Answer?
            var continuation: CheckedContinuation<Answer, Never>?
        }

        private let state = Mutex(State())

        var isGiven: Bool { state.withLock { $0.answer != nil } }

        func give(_ answer: Answer) {
            let continuation: CheckedContinuation<Answer, Never>? = state.withLock { state in
                guard state.answer == nil else { return nil }
                state.answer = answer
                return state.continuation.take()
            }
            continuation?.resume(returning: answer)
        }

        func wait(_ continuation: CheckedContinuation<Answer, Never>) {
            let given: Answer? = state.withLock { state in
                if state.answer == nil { state.continuation = continuation }
                return state.answer
            }
            if let given { continuation.resume(returning: given) }
        }
    }

    private let pool: NIOThreadPool

    /// Starts the threads; they run until `close()`.
    public init(threads: Int = 8) {
        pool = NIOThreadPool(numberOfThreads: max(1, threads))
        pool.start()
    }

    /// All present addresses of a host, or of a numeric address.
    ///
    /// The system's call cannot be interrupted: a cancelled call returns at once, and its thread ends some seconds
    /// later.
    public func addresses(of host: String) async throws(RemoteFileError) -> [IPAddress] {
        let pending = PendingResult()
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                pending.wait(continuation)
                pool.submit { state in
                    guard !pending.isGiven else { return }
                    pending.give(state == .active ? Self.ask(host) : .failure(.cancelled))
                }
            }
        } onCancel: {
            pending.give(.failure(.cancelled))
        }
        return try answer.get()
    }

    /// Ends the threads after their current look-ups.
    public func close() async {
        // Only process-wide pools fail to stop.
        try? await pool.shutdownGracefully()
    }

    private static func ask(_ host: String) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        var addresses: [IPAddress] = []
        var found = status == 0 ? list : nil
        while let current = found?.pointee {
            if let address = IPAddress(current), !addresses.contains(address) { addresses.append(address) }
            found = current.ai_next
        }
        guard !addresses.isEmpty else {
            let reason = status == 0 ? "it has no address" : String(cString: gai_strerror(status))
            return .failure(.retryable(.hostUnknown, "The host \(host) cannot be found: \(reason)."))
        }
        return .success(addresses)
    }
}

extension IPAddress {
    /// The address in a socket address of the system: at offset 4 for version 4, and 8 for version 6.
    fileprivate init?(_ found: addrinfo) {
        let bytes = UnsafeRawBufferPointer(start: found.ai_addr, count: Int(found.ai_addrlen))
        switch found.ai_family {
        case AF_INET where bytes.count >= 8:
            self = .v4(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        case AF_INET6 where bytes.count >= 24:
            self = .v6(UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt128.self)))
        default: return nil
        }
    }
}
