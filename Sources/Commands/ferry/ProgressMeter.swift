import Composition

/// Progress as text and as a bar.
struct ProgressMeter {
    private static let barWidth = 16

    private var progress: WorkspaceMove.Progress?
    private var phaseStart = ContinuousClock.now

    /// Updates the progress.
    ///
    /// - Returns: whether a new phase begins with it.
    mutating func update(_ latest: WorkspaceMove.Progress, at moment: ContinuousClock.Instant) -> Bool {
        let isNewPhase = progress?.isVerifying != latest.isVerifying
        if isNewPhase { phaseStart = progress == nil ? phaseStart : moment }
        progress = latest
        return isNewPhase
    }

    /// Such as `Copying    [########--------]  50 %  1000/2000 rows  500/s  2 s left  users`.
    ///
    /// - Parameter width: columns of the terminal, of which one stays free; nil for a line without a bar.
    func line(width: Int?, at moment: ContinuousClock.Instant) -> String {
        guard let progress else { return "" }
        let share = progress.total == 0 ? 1 : min(1, Double(progress.done) / Double(progress.total))
        var parts = [progress.isVerifying ? "Verifying" : "Copying  "]
        if width != nil {
            let filled = Int(share * Double(Self.barWidth))
            parts.append(
                "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: Self.barWidth - filled)
                    + "]")
        }
        parts.append("\(Int(share * 100)) %")
        parts.append("\(progress.done)/\(progress.total) rows")
        let seconds = (moment - phaseStart) / .seconds(1)
        if seconds >= 1, progress.done > 0 {
            let rate = Double(progress.done) / seconds
            parts.append("\(Int(rate))/s")
            parts.append(Self.time(Double(max(0, progress.total - progress.done)) / rate) + " left")
        }
        parts.append(progress.table)
        let line = parts.joined(separator: "  ")
        return width.map { String(line.prefix(max(0, $0 - 1))) } ?? line
    }

    /// Such as `12 s`, `3 min` or `2 h 5 min`.
    private static func time(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded(.up))
        if seconds < 100 { return "\(seconds) s" }
        let minutes = (seconds + 59) / 60
        return minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }
}
