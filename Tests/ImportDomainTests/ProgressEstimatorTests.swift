import ImportDomain
import Testing

@Suite("Given an import whose progress is sampled")
struct ProgressEstimatorTests {
    /// A run of stages at steady speeds, in batches.
    private struct Run {
        /// Seconds for each record.
        var costs: [RecordType: Double]
        var totals: [RecordType: Int]
        /// Seconds of a batch.
        var batch = 0.25
        /// Seconds of the recount.
        var finishing = 0.0

        var duration: Double {
            totals.reduce(finishing) { $0 + Double($1.value) * (costs[$1.key] ?? 0) }
        }

        /// The sample at a time after the start.
        func sample(at seconds: Double) -> ProgressEstimator.Sample {
            var counts = totals.mapValues { ImportCounts(total: $0) }
            var rest = seconds
            for type in RecordType.allCases {
                guard let total = totals[type], let cost = costs[type] else { continue }
                let whole = Double(total) * cost
                guard rest < whole else {
                    counts[type]?.completed = total
                    rest -= whole
                    continue
                }
                // Only whole batches are counted.
                counts[type]?.completed = Int((rest / batch).rounded(.down) * batch / cost)
                return ProgressEstimator.Sample(
                    at: .seconds(seconds), phase: .running(ImportStage(of: type)), counts: counts)
            }
            return ProgressEstimator.Sample(at: .seconds(seconds), phase: .running(.finishing), counts: counts)
        }
    }

    /// The estimates of a run from its beginning to its end, four a second.
    private static func estimates(
        of run: Run, from start: Double = 0
    ) -> [(left: Double, seconds: ClosedRange<Double>?, rate: Double?)] {
        var estimator = ProgressEstimator()
        var results: [(Double, ClosedRange<Double>?, Double?)] = []
        for step in 0... {
            let seconds = start + Double(step) * 0.25
            guard seconds < run.duration else { break }
            let estimate = estimator.add(run.sample(at: seconds))
            results.append((run.duration - seconds, estimate.secondsLeft, estimate.rate))
        }
        return results
    }

    @Test(arguments: [0, 30])
    func `when it runs steadily, then after a tenth the range is within a fifth of the truth`(start: Double) throws {
        let run = Run(costs: [.user: 60e-6], totals: [.user: 1_000_000])
        let later = Self.estimates(of: run, from: start).filter {
            $0.left <= 0.9 * (run.duration - start) && $0.left > 1
        }

        #expect(!later.isEmpty)
        for (left, seconds, rate) in later {
            let range = try #require(seconds)
            #expect(range.contains(left), "\(left) of \(range)")
            #expect(range.lowerBound >= 0.8 * left - 0.3 && range.upperBound <= 1.2 * left + 0.3, "\(left) of \(range)")
            let shown = try #require(rate)
            #expect(abs(shown * 60e-6 - 1) < 0.1)
        }
    }

    @Test(arguments: [0.5, 1, 2])
    func `when stages differ as they usually do, on a fast or slow machine, then the middle of the range is close`(
        slowness: Double
    ) throws {
        let run = Run(
            costs: [.user: 15e-6 * slowness, .message: 10e-6 * slowness],
            totals: [.user: 1_000_000, .message: 4_000_000], finishing: 4 * 2.8 * slowness)
        let later = Self.estimates(of: run).filter { $0.left <= 0.9 * run.duration && $0.left > 2 }

        for (left, seconds, _) in later {
            let range = try #require(seconds)
            #expect(range.contains(left), "\(left) of \(range)")
        }
        for (left, seconds, _) in later where left <= 4 * 12.8 * slowness - 3 && left > 4 * 2.8 * slowness {
            let range = try #require(seconds)
            let middle = (range.lowerBound + range.upperBound) / 2
            #expect(middle > 0.8 * left && middle < 1.4 * left, "\(left) of \(range)")
        }
    }

    @Test func `when nothing is measured, it is paused or has ended, then nothing is told`() {
        var estimator = ProgressEstimator()
        let run = Run(costs: [.user: 60e-6], totals: [.user: 100_000])
        let first = estimator.add(run.sample(at: 0))
        for step in 1...8 { _ = estimator.add(run.sample(at: Double(step) * 0.25)) }
        let known = estimator.add(run.sample(at: 2.5))
        let paused = estimator.add(
            ProgressEstimator.Sample(at: .seconds(3), phase: .running(.users), control: .paused))
        let resumed = estimator.add(run.sample(at: 4))
        let ended = estimator.add(ProgressEstimator.Sample(at: .seconds(5), phase: .ended(.done)))

        #expect(first == .unknown)
        #expect(known.secondsLeft != nil && known.rate != nil)
        #expect(paused == .unknown)
        #expect(resumed.rate == nil)
        #expect(ended == .unknown)
    }

    @Test func `when a file is read, then bytes are measured`() throws {
        var estimator = ProgressEstimator()
        var latest = ProgressEstimator.Estimate.unknown
        for second in 0...20 {
            latest = estimator.add(
                ProgressEstimator.Sample(
                    at: .seconds(second), phase: .reading(second < 3 ? nil : .message),
                    file: FileProgress(bytesRead: Int64(second) * 1_000, bytesTotal: 100_000)))
        }

        #expect(latest.rate == 1_000)
        #expect(try #require(latest.secondsLeft).contains(80))
    }

    @Test func `when samples are endless, then memory stays the same`() {
        var estimator = ProgressEstimator()
        let run = Run(costs: [.user: 1], totals: [.user: 100_000], batch: 1)
        for step in 0..<20_000 { _ = estimator.add(run.sample(at: Double(step))) }

        #expect(estimator.keptPoints <= 256)
    }
}
