import Dispatch
import Foundation

/// Ends the process if it does not stop in time.
///
/// Safe at any instant: acknowledged calls are committed, and work in progress is repeated at the next start. Uses its
/// own thread, because others may be blocked.
final class ShutdownWatchdog {
    private let sources: [any DispatchSourceSignal]

    /// - Parameter limit: how long the process may take to end after SIGTERM or SIGINT.
    init(limit: Duration) {
        let seconds = Double(limit.components.seconds)
        let queue = DispatchQueue(label: "ferry.watchdog", qos: .userInteractive)
        sources = [SIGTERM, SIGINT].map { signal in
            let source = DispatchSource.makeSignalSource(signal: signal, queue: queue)
            source.setEventHandler {
                Thread.detachNewThread {
                    Thread.sleep(forTimeInterval: seconds)
                    let sentence =
                        "ferry: Work in progress did not end within \(Int(seconds)) s. It is repeated at the next "
                        + "start.\n"
                    FileHandle.standardError.write(Data(sentence.utf8))
                    _exit(4)
                }
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}
