import Glibc
import Hummingbird
import ImportServer
import NIOCore
import ServiceLifecycle

/// The HTTP server as a service, with explained failures.
struct Listener<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let application: Application<Responder>
    let host: String
    let port: Int

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw StartError(description: ListenFailure.sentence(error.errnoCode, host, port))
        } catch is SocketAddressError {
            throw StartError(description: ListenFailure.sentence(EADDRNOTAVAIL, host, port))
        } catch is SocketAddressError.UnknownHost {
            throw StartError(description: ListenFailure.sentence(EADDRNOTAVAIL, host, port))
        }
    }
}

/// Explains why the server cannot listen.
enum ListenFailure {
    static func sentence(_ number: Int32, _ host: String, _ port: Int) -> String {
        switch number {
        case EADDRINUSE:
            "Port \(port) of \(host) is already in use. Choose another with --port, or stop the program that uses it."
        case EADDRNOTAVAIL, EAFNOSUPPORT, EINVAL:
            "\"\(host)\" is not an address of this machine. Choose one with --host, such as 127.0.0.1, or 0.0.0.0 for all."
        case EACCES, EPERM: "This user may not listen on port \(port). Choose a port from 1024 on with --port."
        case EMFILE, ENFILE: "The process may not open more files. Raise the limit of open files."
        default: "The server cannot listen on \(host), port \(port): \(String(cString: strerror(number)))."
        }
    }
}
