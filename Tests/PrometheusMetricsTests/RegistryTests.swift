import Metrics
import PrometheusMetrics
import Testing

@Suite("Given a registry")
struct RegistryTests {
    private let registry = PrometheusRegistry(seriesLimit: 3, recorderBuckets: HistogramBuckets([10]))

    private func lines(startingWith prefix: String) -> [String] {
        registry.render().split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    @Test func `when a metric is looked up again, then it continues counting`() {
        for _ in 0..<3 { Counter(label: "x", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment() }
        Counter(label: "x", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()

        #expect(lines(startingWith: "x") == ["x{a=\"1\",b=\"2\"} 4"])
    }

    @Test func `when whole and fractional counters share a name, then they share a total`() {
        Counter(label: "x", factory: registry).increment(by: 2)
        FloatingPointCounter(label: "x", factory: registry).increment(by: 0.5)

        #expect(lines(startingWith: "x") == ["x 2.5"])
    }

    @Test func `when a counter gets a negative amount or NaN, then it does not`() {
        Counter(label: "x", factory: registry).increment(by: 2)
        Counter(label: "x", factory: registry).increment(by: -1)
        for amount in [-1, .nan, .infinity] {
            FloatingPointCounter(label: "x", factory: registry).increment(by: amount)
        }

        #expect(lines(startingWith: "x") == ["x 2"])
    }

    @Test func `when a counter is reset, then it begins at zero`() {
        let counter = Counter(label: "x", factory: registry)
        counter.increment(by: 2)

        counter.reset()

        #expect(lines(startingWith: "x") == ["x 0"])
    }

    @Test func `when a meter rises and falls, then it shows where it is`() {
        let meter = Meter(label: "x", factory: registry)
        meter.set(10)
        meter.increment(by: 2.5)
        meter.decrement(by: 0.5)

        #expect(lines(startingWith: "x") == ["x 12"])
    }

    @Test func `when a recorder gets NaN, then its sum stays a number`() {
        let recorder = Recorder(label: "x", factory: registry)
        recorder.record(10.0)
        recorder.record(Double.nan)

        #expect(
            lines(startingWith: "x")
                == ["x_bucket{le=\"10\"} 1", "x_bucket{le=\"+Inf\"} 1", "x_sum 10", "x_count 1"])
    }

    @Test func `when kinds share a name, then later kinds are kept apart`() {
        Counter(label: "x", factory: registry).increment()
        Gauge(label: "x", factory: registry).record(2)
        Meter(label: "x", factory: registry).increment(by: 1)

        #expect(
            registry.render() == """
                # TYPE x counter
                x 1
                # TYPE x_gauge gauge
                x_gauge 3

                """)
    }

    @Test func `when a metric has more series than it may, then the others share one and are counted`() {
        for index in 0..<10 { Counter(label: "x", dimensions: [("i", "\(index)")], factory: registry).increment() }
        Counter(label: "x", dimensions: [("i", "0")], factory: registry).increment()
        Counter(label: "y", factory: registry).increment()

        #expect(
            lines(startingWith: "x") == ["x{i=\"0\"} 2", "x{i=\"1\"} 1", "x{i=\"2\"} 1", "x{overflow=\"true\"} 7"])
        #expect(
            lines(startingWith: "metrics_series_overflow_total")
                == ["metrics_series_overflow_total{metric=\"x\"} 7"])
    }

    @Test func `when a metric is destroyed, then it is no longer shown and makes room`() {
        let counters = (0..<3).map { Counter(label: "x", dimensions: [("i", "\($0)")], factory: registry) }
        Meter(label: "m", factory: registry).destroy()
        FloatingPointCounter(label: "f", factory: registry).destroy()
        Recorder(label: "r", factory: registry).destroy()
        Gauge(label: "g", factory: registry).destroy()
        Timer(label: "t", factory: registry).destroy()

        counters[0].destroy()
        counters[0].increment()
        Counter(label: "x", dimensions: [("i", "3")], factory: registry).increment()

        #expect(registry.render() == "# TYPE x counter\nx{i=\"1\"} 0\nx{i=\"2\"} 0\nx{i=\"3\"} 1\n")
    }

    @Test func `when a destroyed metric was made anew meanwhile, then the new one stays`() {
        let old = Counter(label: "x", factory: registry)
        old.destroy()
        Counter(label: "x", factory: registry).increment()

        old.destroy()

        #expect(lines(startingWith: "x") == ["x 1"])
    }

    @Test func `when one user of the overflow series destroys it, then it stays for the others`() {
        let counters = (0..<5).map { Counter(label: "x", dimensions: [("i", "\($0)")], factory: registry) }

        counters[4].destroy()
        counters[3].increment()

        #expect(lines(startingWith: "x{overflow") == ["x{overflow=\"true\"} 1"])
    }

    @Test func `when many tasks record at once, then nothing is lost`() async {
        let registry = PrometheusRegistry(recorderBuckets: HistogramBuckets([1]))

        await withTaskGroup { group in
            for task in 0..<50 {
                group.addTask {
                    for index in 0..<200 {
                        let dimensions = [("shard", "\((task + index) % 4)")]
                        Counter(label: "c", dimensions: dimensions, factory: registry).increment()
                        FloatingPointCounter(label: "f", factory: registry).increment(by: 0.5)
                        Recorder(label: "r", factory: registry).record(index % 2 + 1)
                        Meter(label: "m", factory: registry).increment(by: 1)
                    }
                    _ = registry.render()
                }
            }
        }

        #expect(
            registry.render() == """
                # TYPE c counter
                c{shard="0"} 2500
                c{shard="1"} 2500
                c{shard="2"} 2500
                c{shard="3"} 2500
                # TYPE f counter
                f 5000
                # TYPE m gauge
                m 10000
                # TYPE r histogram
                r_bucket{le="1"} 5000
                r_bucket{le="+Inf"} 10000
                r_sum 15000
                r_count 10000

                """)
    }
}
