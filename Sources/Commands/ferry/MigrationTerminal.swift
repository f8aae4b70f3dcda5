import Composition
import Foundation
import Synchronization

/// Shows on standard error how far a move has come: a bar that moves on a terminal, else a line every few seconds.
final class MigrationTerminal: Sendable {
    private struct State {
        var meter = ProgressMeter()
        var lastShown: ContinuousClock.Instant?
        var isLineOpen = false
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var interval: Duration { isTerminal ? .milliseconds(100) : .seconds(5) }

    /// Shows progress, unless the last was shown just now.
    func show(_ progress: WorkspaceMove.Progress) {
        let now = ContinuousClock.now
        state.withLock { state in
            let isNewPhase = state.meter.update(progress, at: now)
            let isDue = state.lastShown.map { now - $0 >= interval } ?? true
            guard isNewPhase || isDue || progress.done == progress.total else { return }
            state.lastShown = now
            if isTerminal {
                if isNewPhase, state.isLineOpen { Self.write("\n") }
                // To the first column, and whatever was longer before is wiped out.
                Self.write("\r" + state.meter.line(width: Self.width, at: now) + "\u{1B}[K")
                state.isLineOpen = true
            } else {
                Self.write(state.meter.line(width: nil, at: now) + "\n")
            }
        }
    }

    /// Leaves the line of the bar.
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
