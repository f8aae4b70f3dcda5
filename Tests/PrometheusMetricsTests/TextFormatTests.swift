import Metrics
import PrometheusMetrics
import Testing

@Suite("Given a registry with one metric of each kind")
struct TextFormatTests {
    private let registry = PrometheusRegistry(
        recorderBuckets: HistogramBuckets([100, 10]), timerBuckets: HistogramBuckets([0.1, 1, 0.1, .infinity]))

    @Test func `when it is rendered, then the text is in the format, ordered by name and labels`() {
        registry.describe("requests_total", "Requests answered.")
        Counter(label: "requests_total", dimensions: [("status", "200"), ("method", "GET")], factory: registry)
            .increment(by: 3)
        Counter(label: "requests_total", dimensions: [("method", "DELETE"), ("status", "200")], factory: registry)
            .increment()
        FloatingPointCounter(label: "processor_seconds_total", factory: registry).increment(by: 0.25)
        Meter(label: "queue_length", factory: registry).set(7)
        Gauge(label: "temperature", factory: registry).record(-0.5)
        let sizes = Recorder(label: "batch_rows", factory: registry)
        for rows in [1, 10, 11, 101] { sizes.record(rows) }
        let timer = Timer(label: "request_seconds", dimensions: [("path", "/a")], factory: registry)
        timer.recordMilliseconds(250)
        timer.recordSeconds(2)

        let text = registry.render()

        #expect(
            text == """
                # TYPE batch_rows histogram
                batch_rows_bucket{le="10"} 2
                batch_rows_bucket{le="100"} 3
                batch_rows_bucket{le="+Inf"} 4
                batch_rows_sum 123
                batch_rows_count 4
                # TYPE processor_seconds_total counter
                processor_seconds_total 0.25
                # TYPE queue_length gauge
                queue_length 7
                # TYPE request_seconds histogram
                request_seconds_bucket{path="/a",le="0.1"} 0
                request_seconds_bucket{path="/a",le="1"} 1
                request_seconds_bucket{path="/a",le="+Inf"} 2
                request_seconds_sum{path="/a"} 2.25
                request_seconds_count{path="/a"} 2
                # HELP requests_total Requests answered.
                # TYPE requests_total counter
                requests_total{method="DELETE",status="200"} 1
                requests_total{method="GET",status="200"} 3
                # TYPE temperature gauge
                temperature -0.5

                """)
        #expect(registry.render() == text)
    }

    @Test func `when nothing was measured, then the text is empty`() {
        registry.describe("unused", "Nobody asked for it.")

        #expect(registry.render() == "")
    }

    @Test func `when texts hold special characters, then they are escaped`() {
        registry.describe("files_total", "A \"file\" in C:\\\nor elsewhere.")
        Counter(label: "files_total", dimensions: [("path", "C:\\\"x\"\n🔑")], factory: registry).increment()

        #expect(
            registry.render() == #"""
                # HELP files_total A "file" in C:\\\nor elsewhere.
                # TYPE files_total counter
                files_total{path="C:\\\"x\"\n🔑"} 1

                """#)
    }

    @Test(arguments: [
        ("plain_name:sub", "plain_name:sub"), ("http.server-requests", "http_server_requests"),
        ("2xx", "_2xx"), ("zählung🔑", "z_hlung_"), ("", "_"),
    ])
    func `when a metric's name is not allowed, then it is altered`(given: String, kept: String) {
        Counter(label: given, factory: registry).increment()

        #expect(registry.render() == "# TYPE \(kept) counter\n\(kept) 1\n")
    }

    @Test(arguments: [
        ("plain", "plain"), ("a:b", "a_b"), ("1st", "_1st"), ("le", "le_"), ("__name__", "_name__"), ("", "_"),
    ])
    func `when a label's name is not allowed or reserved, then it is altered`(given: String, kept: String) {
        Counter(label: "x", dimensions: [(given, "v")], factory: registry).increment()

        #expect(registry.render() == "# TYPE x counter\nx{\(kept)=\"v\"} 1\n")
    }

    @Test func `when a label is given twice, then its last value counts`() {
        Counter(label: "x", dimensions: [("a", "1"), ("b", "2"), ("a", "3")], factory: registry).increment()

        #expect(registry.render() == "# TYPE x counter\nx{a=\"3\",b=\"2\"} 1\n")
    }

    @Test(arguments: [
        (Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (-0.0, "0"), (1e15, "1000000000000000"),
        (1e300, "1e+300"), (0.000_01, "1e-05"),
    ])
    func `when a number is out of the ordinary, then it is written as Prometheus reads it`(
        number: Double, text: String
    ) {
        Meter(label: "x", factory: registry).set(number)

        #expect(registry.render() == "# TYPE x gauge\nx \(text)\n")
    }
}
