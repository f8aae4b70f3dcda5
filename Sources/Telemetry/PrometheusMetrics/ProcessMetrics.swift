internal import Glibc

/// Metrics of this process from the kernel, under the names of Prometheus' client libraries.
///
/// Source: proc(5), `/proc/[pid]/stat`, `/proc/[pid]/fd` and `/proc/stat`.
public struct ProcessMetrics: Sendable {
    private let directory: String
    private let ticksPerSecond: Double
    private let pageSizeBytes: Int
    /// The boot time in seconds since 1970.
    private let bootTime: Double?

    /// Reads from the kernel's process files.
    ///
    /// - Parameter directory: their directory.
    public init(directory: String = "/proc") {
        self.directory = directory
        ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
        pageSizeBytes = sysconf(Int32(_SC_PAGESIZE))
        bootTime = KernelFile.text(of: "\(directory)/stat").flatMap { text in
            text.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
        }
    }

    /// Adds the samples; unreadable ones are left out.
    func write(into text: inout PrometheusText) {
        let status = status()
        write(
            "process_cpu_seconds_total", .counter, "Processor time used by user and system code, in seconds.",
            status.map { Double($0.processorTicks) / ticksPerSecond }, into: &text)
        write(
            "process_open_fds", .gauge, "Open file descriptors.",
            openFiles().map(Double.init), into: &text)
        write(
            "process_resident_memory_bytes", .gauge, "Memory held in RAM, in bytes.",
            status.map { Double($0.residentPages * pageSizeBytes) }, into: &text)
        write(
            "process_start_time_seconds", .gauge, "When the process was started, in seconds since 1970.",
            bootTime.flatMap { boot in status.map { boot + Double($0.startTicks) / ticksPerSecond } }, into: &text)
    }

    private func write(
        _ name: String, _ kind: MetricKind, _ help: String, _ value: Double?, into text: inout PrometheusText
    ) {
        guard let value else { return }
        text.begin(name, type: kind.type, help: help)
        text.sample(name, value: PrometheusText.number(value))
    }

    private func openFiles() -> Int? {
        // Subtract one: listing the directory itself opens a descriptor.
        KernelFile.entryCount(of: "\(directory)/self/fd").map { $0 - 1 }
    }

    private func status() -> (processorTicks: Int, startTicks: Int, residentPages: Int)? {
        // The second field is the program's name, which may contain spaces and parentheses.
        guard let line = KernelFile.text(of: "\(directory)/self/stat"), let nameEnd = line.lastIndex(of: ")")
        else { return nil }
        // proc(5) counts from 1; the first field here is its third.
        let fields = line[nameEnd...].dropFirst().split { $0 == " " || $0 == "\n" }
        guard fields.count > 21, let user = Int(fields[11]), let system = Int(fields[12]),
            let start = Int(fields[19]), let pages = Int(fields[21])
        else { return nil }
        return (user + system, start, pages)
    }
}
