internal import ImportDomain
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

extension RemoteFileError {
    static func truncated(at address: RemoteAddress) -> RemoteFileError {
        retryable(.truncated, "\(address.masked) ended before the end of the file.")
    }

    /// What went wrong below HTTP, or in it.
    static func connection(_ error: any Error, to address: RemoteAddress) -> RemoteFileError {
        switch error {
        case let error as RemoteFileError:
            error
        case HTTPParserError.invalidEOFState, NIOSSLError.uncleanShutdown:
            truncated(at: address)
        case HTTPParserError.headerOverflow:
            retryable(
                .answerMalformed,
                "\(address.masked) answered with a header of more than \(FetchLimits.headerBytes) bytes.")
        case is HTTPParserError:
            retryable(.answerMalformed, "\(address.masked) did not answer in HTTP.")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            retryable(
                .encryptionFailed,
                "\(address.masked) has no valid certificate for \(address.host.name), or no acceptable encryption.")
        case ChannelError.connectTimeout:
            retryable(.connectionFailed, "\(address.masked) could not be reached in time.")
        default:
            retryable(.connectionFailed, "The connection to \(address.masked) failed or broke.")
        }
    }
}
