import Dispatch
import Foundation

/// Ends the process if it is still there some time after it was told to stop.
///
/// Safe at any instant: what was acknowledged is committed, and what was in progress is done again at the next start.
/// It uses a thread of its own, because whatever keeps the process from ending may keep other threads busy.
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
                        "ferry: Work in progress did not end within \(Int(seconds)) s. It is done again at the next "
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
