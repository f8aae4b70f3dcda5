import Foundation

/// A TCP connection to a server on this machine, below HTTP.
final class RawConnection: Sendable {
    struct NotConnected: Error {}

    private let descriptor: Int32

    /// Connects; reading and writing end after ten seconds without progress.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard descriptor >= 0, isConnected else { throw NotConnected() }
    }

    deinit { close(descriptor) }

    /// Sends as many bytes as the server accepts.
    func send(_ bytes: [UInt8]) async {
        await onThread { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    /// Ends sending.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The received text until it contains `text`, or the server closes.
    func receive(until text: String? = nil) async -> String {
        await onThread { [descriptor] in
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                received += buffer.prefix(count)
                if let text, String(decoding: received, as: UTF8.self).contains(text) { break }
            }
            return String(decoding: received, as: UTF8.self)
        }
    }

    /// Sends a request and returns everything until the server closes.
    func exchange(_ request: String) async -> String {
        await send(Array(request.utf8))
        return await receive()
    }

    /// Runs blocking work on a separate thread, because Dispatch's threads run the tasks of all tests.
    private func onThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}

extension FerryProcess {
    /// The port that the server listens on.
    var port: Int { Int(baseURL.split(separator: ":").last ?? "") ?? 0 }
}
