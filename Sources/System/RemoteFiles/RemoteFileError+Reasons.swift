internal import DurableFiles
internal import ImportDomain
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

extension RemoteFileError {
    static let schemeRefused = RemoteFileError(
        .schemeRefused, message: "Only http and https addresses are fetched.", isPermanent: true)

    static let cancelled = RemoteFileError(.cancelled, message: "The download was cancelled.", isPermanent: false)

    static func invalid(_ reason: String) -> RemoteFileError {
        RemoteFileError(.addressInvalid, message: "The address cannot be used. \(reason)", isPermanent: true)
    }

    static func redirectRefused(_ reason: String) -> RemoteFileError {
        RemoteFileError(.redirectRefused, message: reason, isPermanent: true)
    }

    static func refused(_ host: String, _ address: IPAddress, _ purpose: String) -> RemoteFileError {
        RemoteFileError(
            .addressRefused,
            message: "\(host) is not a public address. An administrator can allow it in SSRF_Allowlist.",
            detail: "\(host) is \(address) (\(purpose)).", isPermanent: true)
    }

    static func tooLarge(_ limit: Int64, at address: RemoteAddress) -> RemoteFileError {
        RemoteFileError(
            .tooLarge, message: "\(address.host.text) has more than the \(limit) bytes allowed.", isPermanent: true)
    }

    static func retryable(_ code: Code, _ message: String) -> RemoteFileError {
        RemoteFileError(code, message: message, isPermanent: false)
    }

    static func storage(_ failure: FileFailure) -> RemoteFileError {
        retryable(
            .storageFailed,
            failure.isFull
                ? "The disk is full; make room in the data directory."
                : "The file could not be written: \(failure.reason) (\(failure.action.rawValue)).")
    }

    /// The error of an unsuccessful status.
    static func status(_ status: Int, at address: RemoteAddress, retryAfter: Duration?) -> RemoteFileError {
        let isTemporary = [408, 425, 429].contains(status) || status >= 500 && status != 501 && status != 505
        return RemoteFileError(
            .statusRefused, message: "\(address.host.text) returned status \(status).", isPermanent: !isTemporary,
            retryAfter: isTemporary ? retryAfter : nil)
    }

    static func truncated(at address: RemoteAddress) -> RemoteFileError {
        retryable(.truncated, "\(address.host.text) ended the connection before the end of the file.")
    }

    /// Translates an error of the connection or of HTTP.
    static func connection(_ error: any Error, to address: RemoteAddress) -> RemoteFileError {
        switch error {
        case let error as RemoteFileError:
            error
        case HTTPParserError.invalidEOFState, NIOSSLError.uncleanShutdown:
            truncated(at: address)
        case HTTPParserError.headerOverflow:
            retryable(
                .answerMalformed,
                "\(address.host.text) returned a header of more than \(FetchLimits.headerBytes) bytes.")
        case is HTTPParserError:
            retryable(.answerMalformed, "\(address.host.text) did not respond in HTTP.")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            retryable(
                .encryptionFailed,
                "\(address.host.text) has no valid certificate for its name, or no acceptable encryption.")
        case ChannelError.connectTimeout:
            retryable(.connectionFailed, "\(address.host.text) could not be reached in time.")
        default:
            retryable(.connectionFailed, "The connection to \(address.host.text) failed or broke.")
        }
    }
}
