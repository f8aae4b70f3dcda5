import Composition
import Foundation
import Synchronization

/// Shows the progress of a copy on standard error: a bar on a terminal, else a line every few seconds.
final class MigrationTerminal: Sendable {
    private struct State {
        var meter = ProgressMeter()
        var lastShown: ContinuousClock.Instant?
        var isLineOpen = false
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var interval: Duration { isTerminal ? .milliseconds(100) : .seconds(5) }

    /// Shows progress, at a limited rate.
    func show(_ progress: WorkspaceMove.Progress) {
        let now = ContinuousClock.now
        state.withLock { state in
            let isNewPhase = state.meter.update(progress, at: now)
            let isDue = state.lastShown.map { now - $0 >= interval } ?? true
            guard isNewPhase || isDue || progress.done == progress.total else { return }
            state.lastShown = now
            if isTerminal {
                if isNewPhase, state.isLineOpen { Self.write("\n") }
                // Return to the first column and clear the rest of the line.
                Self.write("\r" + state.meter.line(width: Self.width, at: now) + "\u{1B}[K")
                state.isLineOpen = true
            } else {
                Self.write(state.meter.line(width: nil, at: now) + "\n")
            }
        }
    }

    /// Ends the line of the bar.
    func end() {
        state.withLock { state in
            if state.isLineOpen { Self.write("\n") }
            state.isLineOpen = false
        }
    }

    private static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
