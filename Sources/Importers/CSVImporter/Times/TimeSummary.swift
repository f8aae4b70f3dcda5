internal import ImportDomain
internal import ImporterKit

/// What the times of one file have in common, as far as its owner should know.
struct TimeSummary {
    private var latest = Int64.min
    private var zonelessCount = 0
    private var firstZonelessLine = 0

    /// 1990-01-01T00:00:00Z, before which nobody exported messages to delimited text.
    private static let earliestPlausible: Int64 = 631_152_000_000

    /// Takes note of a time that was read.
    mutating func note(_ time: TimeCell, line: Int) {
        latest = max(latest, time.milliseconds)
        if time.lacksZone {
            if zonelessCount == 0 { firstZonelessLine = line }
            zonelessCount += 1
        }
    }

    /// Records what is odd about the file.
    func report(to sink: RecordSink) throws {
        if zonelessCount > 0 {
            try sink.report(
                .warning, .valueReplaced, at: firstZonelessLine, field: "time", count: zonelessCount,
                "These times have no zone and are taken as UTC. Write Z or an offset behind them to be sure.")
        }
        if latest != .min, latest < Self.earliestPlausible {
            try sink.report(
                .warning, .valueReplaced, field: "time",
                "All times of this file lie before 1990. Are they in a unit other than seconds or milliseconds?")
        }
    }
}
