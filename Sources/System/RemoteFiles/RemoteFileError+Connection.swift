internal import ImportDomain
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

extension RemoteFileError {
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
