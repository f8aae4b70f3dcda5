internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Waits until the other side has proved who it is; nothing may be asked of it before.
///
/// NIOSSL holds a certificate against the name or against the address connected to, whichever fits. Whoever can lead a
/// name to an address of theirs could so pass for it with a certificate of that address; therefore one that has
/// addresses has to have the name as well.
final class PeerIdentity: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let name: String?
    private let encryption: NIOSSLHandler
    private let verdict: EventLoopPromise<Void>

    /// - Parameters:
    ///   - name: who the other side has to be; nil when it is asked by its address.
    ///   - verdict: succeeds with the proof, and fails with the connection.
    init(name: String?, encryption: NIOSSLHandler, verdict: EventLoopPromise<Void>) {
        self.name = name
        self.encryption = encryption
        self.verdict = verdict
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            if isWhoItShouldBe {
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
        // Comes last, so it counts only when nothing else was said.
        verdict.fail(ChannelError.eof)
    }

    private var isWhoItShouldBe: Bool {
        guard let name else { return true }
        guard let names = encryption.peerCertificate?._subjectAlternativeNames() else { return false }
        guard names.contains(where: { $0.nameType == .ipAddress }) else { return true }
        return names.contains { $0.nameType == .dnsName && Self.matches(Array($0.contents), name) }
    }

    /// Whether a certificate's name, in which the first part may be an asterisk, is a host's.
    private static func matches(_ pattern: [UInt8], _ name: String) -> Bool {
        let pattern = String(decoding: pattern, as: UTF8.self).lowercased()
        if pattern.hasPrefix("*."), let dot = name.firstIndex(of: ".") { return pattern.dropFirst() == name[dot...] }
        return pattern == name
    }
}
