internal import Glibc

/// Four numbers that are sorted by the first, then the second, and so on.
struct SortEntry: Comparable {
    var first: UInt64
    var second: UInt64
    var third: UInt64
    var fourth: UInt64

    @inline(__always)
    static func < (left: SortEntry, right: SortEntry) -> Bool {
        if left.first != right.first { return left.first < right.first }
        if left.second != right.second { return left.second < right.second }
        if left.third != right.third { return left.third < right.third }
        return left.fourth < right.fourth
    }
}

/// Sorts any number of entries with bounded memory: full buffers are sorted and written to a temporary file.
struct EntrySorter {
    /// 16 MiB.
    static let defaultCapacity = 1 << 19

    private let directory: String
    private let capacity: Int
    private var buffer: [SortEntry] = []
    private var file: RunFile?
    private var runs: [SortedEntries.Run] = []

    init(directory: String, capacity: Int = defaultCapacity) {
        self.directory = directory
        self.capacity = capacity
    }

    mutating func add(_ entry: SortEntry) throws {
        buffer.append(entry)
        if buffer.count >= capacity { try spill() }
    }

    /// Sorts the rest.
    mutating func finish() throws -> SortedEntries {
        if file != nil { try spill() }
        buffer.sort()
        defer { buffer = [] }
        return SortedEntries(memory: buffer, runs: runs, file: file)
    }

    private mutating func spill() throws {
        guard !buffer.isEmpty else { return }
        buffer.sort()
        let target = try file ?? RunFile(directory: directory)
        file = target
        runs.append(try target.append(buffer))
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Entries in their order, which can be read any number of times.
struct SortedEntries: Sendable {
    /// Sorted entries in the temporary file.
    struct Run: Sendable {
        let start: Int
        let count: Int
    }

    fileprivate let memory: [SortEntry]
    fileprivate let runs: [Run]
    fileprivate let file: RunFile?

    /// No entries.
    static let none = SortedEntries(memory: [], runs: [], file: nil)

    /// Whether a temporary file is in use.
    var isOnDisk: Bool { file != nil }

    /// A reading from the start.
    func cursor() -> EntryCursor { EntryCursor(self) }
}

/// Reads sorted entries in their order. The runs are merged by a heap.
struct EntryCursor {
    private struct Source {
        var next: Int
        let end: Int
        var buffer: ArraySlice<SortEntry> = []
        var head = SortEntry(first: 0, second: 0, third: 0, fourth: 0)
    }

    /// 64 KiB for each run.
    private static let chunk = 2048

    private let entries: SortedEntries
    private var memoryIndex = 0
    private var sources: [Source] = []
    /// Indexes of sources, the one with the smallest head first.
    private var heap: [Int] = []
    private var hasBegun = false

    fileprivate init(_ entries: SortedEntries) { self.entries = entries }

    /// The next entry; nil at the end.
    mutating func next() throws -> SortEntry? {
        guard let file = entries.file else {
            guard memoryIndex < entries.memory.count else { return nil }
            defer { memoryIndex += 1 }
            return entries.memory[memoryIndex]
        }
        if !hasBegun { try begin(file) }
        guard let top = heap.first else { return nil }
        let entry = sources[top].head
        if try advance(top, file) {
            sink(0)
        } else {
            heap[0] = heap[heap.count - 1]
            heap.removeLast()
            if !heap.isEmpty { sink(0) }
        }
        return entry
    }

    private mutating func begin(_ file: RunFile) throws {
        hasBegun = true
        sources = entries.runs.map { Source(next: $0.start, end: $0.start + $0.count) }
        for index in sources.indices where try advance(index, file) { heap.append(index) }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    /// - Returns: whether the source has another entry.
    private mutating func advance(_ index: Int, _ file: RunFile) throws -> Bool {
        if sources[index].buffer.isEmpty {
            let count = min(Self.chunk, sources[index].end - sources[index].next)
            guard count > 0 else { return false }
            sources[index].buffer = try file.entries(at: sources[index].next, count: count)[...]
            sources[index].next += count
        }
        sources[index].head = sources[index].buffer.removeFirst()
        return true
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && sources[heap[child]].head < sources[heap[smallest]].head {
                smallest = child
            }
            if smallest == parent { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}

/// A temporary file without a name: it vanishes with its last user.
final class RunFile: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Creates a file.
    ///
    /// - Throws: `UserFileError` if the directory cannot be written.
    init(directory: String) throws {
        var template = Array("\(directory)/ferry-users-XXXXXX".utf8CString)
        descriptor = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
        path = directory
        guard descriptor >= 0 else { throw UserFileError.system(.unreadable, "written", directory) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        template.withUnsafeBufferPointer { _ = $0.baseAddress.map { unlink($0) } }
    }

    deinit {
        close(descriptor)
    }

    fileprivate func append(_ entries: [SortEntry]) throws -> SortedEntries.Run {
        let end = lseek(descriptor, 0, SEEK_END)
        try entries.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw UserFileError.system(.unreadable, "written", path) }
                written += count
            }
        }
        return SortedEntries.Run(start: Int(end) / MemoryLayout<SortEntry>.stride, count: entries.count)
    }

    fileprivate func entries(at start: Int, count: Int) throws -> [SortEntry] {
        let size = MemoryLayout<SortEntry>.stride
        var failure: Int32 = 0
        let entries = [SortEntry](unsafeUninitializedCapacity: count) { buffer, initialized in
            let target = UnsafeMutableRawBufferPointer(buffer)
            var done = 0
            while done < target.count {
                let result = pread(
                    descriptor, target.baseAddress.map { $0 + done }, target.count - done, off_t(start * size + done))
                if result < 0, errno == EINTR { continue }
                guard result > 0 else {
                    failure = result == 0 ? EIO : errno
                    break
                }
                done += result
            }
            initialized = failure == 0 ? count : 0
        }
        guard failure == 0 else { throw UserFileError.system(.unreadable, "read", path, failure) }
        return entries
    }
}
