import Foundation
import Glibc
import PrometheusMetrics
import Testing

@Suite("Given the kernel's statistics of the process")
struct ProcessMetricsTests {
    /// A folder like `/proc`, for one test.
    private func withKernelFiles(
        _ status: String?, body: (String) throws -> Void
    ) throws {
        let files = FileManager.default
        let directory = files.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        // A leftover is a few bytes in the folder for temporary files.
        defer { try? files.removeItem(at: directory) }
        let descriptors = directory.appendingPathComponent("self/fd")
        try files.createDirectory(at: descriptors, withIntermediateDirectories: true)
        for name in ["0", "1", "2", "3"] { try Data().write(to: descriptors.appendingPathComponent(name)) }
        try Data("cpu  1 2 3\nintr 5\nbtime 1700000000\nprocesses 9\n".utf8)
            .write(to: directory.appendingPathComponent("stat"))
        if let status { try Data(status.utf8).write(to: directory.appendingPathComponent("self/stat")) }
        try body(directory.path)
    }

    @Test func `when it is rendered, then processor time, files, memory and start time are reported`() throws {
        let name = "a ) (b) c"
        let status = "7 (\(name)) S 1 7 7 0 -1 4194560 9 0 0 0 250 125 0 0 20 0 4 0 5000 99999 300 4096\n"
        let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))
        try #require(ticksPerSecond == 100)

        try withKernelFiles(status) { directory in
            let registry = PrometheusRegistry(process: ProcessMetrics(directory: directory))

            #expect(
                registry.render() == """
                    # HELP process_cpu_seconds_total Processor time used by user and system code, in seconds.
                    # TYPE process_cpu_seconds_total counter
                    process_cpu_seconds_total 3.75
                    # HELP process_open_fds Open file descriptors.
                    # TYPE process_open_fds gauge
                    process_open_fds 3
                    # HELP process_resident_memory_bytes Memory held in RAM, in bytes.
                    # TYPE process_resident_memory_bytes gauge
                    process_resident_memory_bytes \(300 * sysconf(Int32(_SC_PAGESIZE)))
                    # HELP process_start_time_seconds When the process was started, in seconds since 1970.
                    # TYPE process_start_time_seconds gauge
                    process_start_time_seconds 1700000050

                    """)
        }
    }

    @Test(arguments: [nil, "", "7 (cut off) S 1 2"])
    func `when a file cannot be read, then its samples are left out`(status: String?) throws {
        try withKernelFiles(status) { directory in
            let registry = PrometheusRegistry(process: ProcessMetrics(directory: directory))

            #expect(
                registry.render() == """
                    # HELP process_open_fds Open file descriptors.
                    # TYPE process_open_fds gauge
                    process_open_fds 3

                    """)
        }
    }

    @Test func `when there are no such files, then nothing is reported`() {
        let registry = PrometheusRegistry(process: ProcessMetrics(directory: "/nowhere"))

        #expect(registry.render() == "")
    }

    @Test func `when it is this process, then its start lies in the past and it holds memory`() throws {
        let text = PrometheusRegistry(process: ProcessMetrics()).render()

        func value(of name: String) throws -> Double {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
            return try #require(Double(line.dropFirst(name.count + 1)))
        }
        #expect(try value(of: "process_start_time_seconds") <= Date().timeIntervalSince1970 + 1)
        #expect(try value(of: "process_start_time_seconds") > 1_600_000_000)
        #expect(try value(of: "process_resident_memory_bytes") > 1_000_000)
        #expect(try value(of: "process_open_fds") >= 3)
        #expect(try value(of: "process_cpu_seconds_total") >= 0)
    }
}
