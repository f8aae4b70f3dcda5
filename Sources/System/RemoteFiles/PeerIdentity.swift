internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Waits until the server's certificate is verified, before anything is sent.
///
/// NIOSSL accepts a certificate that matches the name or the connected address. An attacker who controls a name's
/// address could then use a certificate for that address. So a certificate with addresses must also match the name.
final class PeerIdentity: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let name: String?
    private let encryption: NIOSSLHandler
    private let verdict: EventLoopPromise<Void>

    /// - Parameters:
    ///   - name: the expected host name; nil if the URL has an address.
    ///   - verdict: succeeds with the verification, and fails with the connection.
    init(name: String?, encryption: NIOSSLHandler, verdict: EventLoopPromise<Void>) {
        self.name = name
        self.encryption = encryption
        self.verdict = verdict
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            if matchesExpectedHost {
                verdict.succeed()
            } else {
                verdict.fail(NIOSSLExtraError.failedToValidateHostname)
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        verdict.fail(error)
        context.fireErrorCaught(error)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // Has an effect only if the promise is still pending.
        verdict.fail(ChannelError.eof)
    }

    private var matchesExpectedHost: Bool {
        guard let name else { return true }
        guard let names = encryption.peerCertificate?._subjectAlternativeNames() else { return false }
        guard names.contains(where: { $0.nameType == .ipAddress }) else { return true }
        return names.contains { $0.nameType == .dnsName && Self.matches(Array($0.contents), name) }
    }

    /// Whether a certificate's name, whose first label may be an asterisk, matches a host.
    private static func matches(_ pattern: [UInt8], _ name: String) -> Bool {
        let pattern = String(decoding: pattern, as: UTF8.self).lowercased()
        if pattern.hasPrefix("*."), let dot = name.firstIndex(of: ".") { return pattern.dropFirst() == name[dot...] }
        return pattern == name
    }
}
