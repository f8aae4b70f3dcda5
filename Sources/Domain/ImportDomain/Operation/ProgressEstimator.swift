/// Estimates the speed of an import and the time until its end, from samples of its progress.
///
/// The stage in progress is measured. Later stages have typical costs for each record, corrected by the speed of this
/// machine as far as it is measured. A pause starts the measurement anew.
/// Source: docs/operations.md, "Seconds left".
public struct ProgressEstimator: Sendable {
    /// The progress of an operation at one instant.
    public struct Sample: Equatable, Sendable {
        /// When, on a clock that never goes back.
        public let instant: Duration
        /// The phase of the operation.
        public let phase: ImportPhase
        /// What an administrator requested of it.
        public let control: ImportControl
        /// The counts of each type.
        public let counts: [RecordType: ImportCounts]
        /// The progress of reading its file.
        public let file: FileProgress?

        /// A progress.
        public init(
            at instant: Duration, phase: ImportPhase, control: ImportControl = .none,
            counts: [RecordType: ImportCounts] = [:], file: FileProgress? = nil
        ) {
            self.instant = instant
            self.phase = phase
            self.control = control
            self.counts = counts
            self.file = file
        }
    }

    /// What is known of the rest.
    public struct Estimate: Equatable, Sendable {
        /// Records a second, or bytes a second while a file is read; nil until it is measured.
        public let rate: Double?
        /// The seconds until the end, or until the file is read; nil while they are unknown.
        public let secondsLeft: ClosedRange<Double>?

        /// Nothing is known.
        public static let unknown = Estimate(rate: nil, secondsLeft: nil)

        /// An estimate.
        public init(rate: Double?, secondsLeft: ClosedRange<Double>?) {
            self.rate = rate
            self.secondsLeft = secondsLeft
        }
    }

    /// What is measured at a time.
    private enum Step: Equatable {
        case file
        case stage(ImportStage)
    }

    private struct Point {
        let instant: Double
        let done: Double
    }

    /// Typical seconds for a record of each type: 1,000,000 users in 15 s, 1,000,000 messages in 10 s.
    private static let typicalCosts: [RecordType: Double] = [
        .user: 15e-6, .contact: 2e-6, .room: 500e-6, .message: 10e-6,
    ]
    /// Typical seconds for the recount, for each message.
    private static let typicalRecount = 2.8e-6
    /// How far the speed of a machine is believed to differ from the typical one, in both directions.
    private static let largestDifference = 4.0
    /// How many seconds the shown rate covers, and the least that the estimate covers.
    private static let window = 10.0
    /// How many seconds a measurement takes at least.
    private static let shortestMeasurement = 1.5
    /// How many points are kept; beyond that, every second one is dropped.
    private static let mostPoints = 256
    /// The range of what is measured, at least and at most, and of what is not, as parts of it.
    private static let (leastSpread, largestSpread, unmeasured) = (0.1, 0.5, 0.5...2.0)

    private var step: Step?
    private var points: [Point] = []
    private var latestDone: Double?
    /// How much slower than the typical one this machine is, by the latest measured stage.
    private var slowness: Double?

    /// An estimator without samples.
    public init() {}

    /// Adds the next sample, and returns what is known with it.
    public mutating func add(_ sample: Sample) -> Estimate {
        let instant = sample.instant / .seconds(1)
        guard sample.control == .none, let step = Self.step(of: sample.phase) else {
            begin(nil)
            return .unknown
        }
        let (done, total) = Self.progress(of: step, in: sample)
        if step != self.step {
            let isFromItsBeginning = self.step != nil
            begin(step)
            // Work that was seen to begin is measured from there; else from the next change, between which batches end.
            if isFromItsBeginning { points = [Point(instant: instant, done: done)] }
        } else if done != latestDone {
            points.append(Point(instant: instant, done: done))
            if points.count > Self.mostPoints {
                points = points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            }
        }
        latestDone = done
        return estimate(sample, at: instant, done: done, total: total)
    }

    /// How many points are kept; for tests alone.
    package var keptPoints: Int { points.count }

    private mutating func begin(_ step: Step?) {
        self.step = step
        points = []
        latestDone = nil
    }

    private static func step(of phase: ImportPhase) -> Step? {
        switch phase {
        case .receiving, .reading: .file
        case .running(let stage): .stage(stage)
        case .created, .received, .ready, .undoing, .ended: nil
        }
    }

    private static func progress(of step: Step, in sample: Sample) -> (done: Double, total: Double) {
        switch step {
        case .file: (Double(sample.file?.bytesRead ?? 0), Double(sample.file?.bytesTotal ?? 0))
        case .stage(let stage):
            stage.recordType.flatMap { sample.counts[$0] }.map { (Double($0.total - $0.pending), Double($0.total)) }
                ?? (0, 0)
        }
    }

    private mutating func estimate(_ sample: Sample, at instant: Double, done: Double, total: Double) -> Estimate {
        let shown = rate(over: Self.window, until: instant)
        guard let step else { return .unknown }
        let measured = measure()
        if let measured, case .stage(let stage) = step, let type = stage.recordType,
            let typical = Self.typicalCosts[type]
        {
            let ratio = 1 / measured.rate / typical
            slowness = min(max(ratio, 1 / Self.largestDifference), Self.largestDifference)
        }
        var (low, high) = (0.0, 0.0)
        if let measured, let last = points.last {
            let seconds = max(0, (total - last.done) / measured.rate - (instant - last.instant))
            (low, high) = (seconds * (1 - measured.spread), seconds * (1 + measured.spread))
        } else if slowness == nil || step == .file {
            return Estimate(rate: shown, secondsLeft: nil)
        }
        if case .stage(let stage) = step {
            let rest = typicalSeconds(
                after: stage, includingCurrent: measured == nil, in: sample,
                since: instant - (points.first?.instant ?? instant))
            low += rest * Self.unmeasured.lowerBound
            high += rest * Self.unmeasured.upperBound
        }
        return Estimate(rate: shown, secondsLeft: low...max(low, high))
    }

    /// The seconds that stages which are not measured take, at the speed of this machine.
    private func typicalSeconds(
        after current: ImportStage, includingCurrent: Bool, in sample: Sample, since elapsed: Double
    ) -> Double {
        var seconds = 0.0
        for stage in ImportStage.allCases where stage > current || stage == current && includingCurrent {
            if let type = stage.recordType {
                seconds += Double(sample.counts[type]?.pending ?? 0) * (Self.typicalCosts[type] ?? 0)
            } else if stage == .finishing {
                seconds += Double(sample.counts[.message]?.completed ?? 0) * Self.typicalRecount
                // Messages that are pending now are recounted as well.
                seconds += Double(sample.counts[.message]?.pending ?? 0) * Self.typicalRecount
            }
        }
        seconds *= slowness ?? 1
        return current == .finishing ? max(0, seconds - elapsed) : seconds
    }

    /// The rate of the step in progress and how far it varies; nil until it can be told.
    private func measure() -> (rate: Double, spread: Double)? {
        guard let first = points.first, let last = points.last else { return nil }
        let start = last.instant - max(Self.window, (last.instant - first.instant) / 2)
        let used = points.drop { $0.instant < start }
        guard used.count > 2, let begin = used.first, last.instant - begin.instant >= Self.shortestMeasurement,
            last.done > begin.done
        else { return nil }
        let rate = (last.done - begin.done) / (last.instant - begin.instant)
        let middle = used[used.startIndex + used.count / 2]
        let halves = [
            (middle.done - begin.done) / (middle.instant - begin.instant),
            (last.done - middle.done) / (last.instant - middle.instant),
        ]
        let spread = abs(halves[0] - halves[1]) / (halves[0] + halves[1])
        return (rate, min(max(spread, Self.leastSpread), Self.largestSpread))
    }

    /// The mean rate of the latest seconds; nil until it can be told.
    private func rate(over seconds: Double, until instant: Double) -> Double? {
        guard let first = points.first, let last = points.last, points.count > 1 else { return nil }
        let start = points.last { $0.instant <= instant - seconds } ?? first
        guard last.instant > start.instant else { return 0 }
        // A batch that is late lowers the rate.
        let isLate = instant - last.instant > seconds
        return isLate ? 0 : (last.done - start.done) / (last.instant - start.instant)
    }
}
