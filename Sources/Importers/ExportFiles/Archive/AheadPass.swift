internal import Foundation
internal import Synchronization

/// A reading of a zip archive that a thread of its own is ahead with: it unpacks files while earlier ones are worked on.
///
/// Where both take equally long, that halves the time.
final class AheadPass: ArchivePass {
    let isDead = false
    private(set) var fileBytesRead: Int64 = 0
    private let channel = Channel()
    private var parcel = Parcel()
    private var nextItem = 0
    /// Reads the files that the thread passes over.
    private let own: ZipPass
    private var isOwn = false
    /// The last block.
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: ZipPass.bufferBytes, alignment: 16)

    /// Begins to read.
    ///
    /// - Parameter suffix: how the names end of files that are unpacked ahead. Others can be read all the same.
    /// - Throws: `damaged`.
    init(path: String, limits: ExportFileLimits, suffix: String) throws(ExportFileError) {
        own = try ZipPass(path: path, limits: limits)
        let (channel, suffix) = (channel, Array(suffix.utf8))
        let thread = Thread { Self.read(path, limits, suffix, into: channel) }
        thread.name = "archive"
        thread.start()
    }

    deinit {
        channel.close()
        block.deallocate()
    }

    func next() throws(ExportFileError) -> ArchiveHeader? {
        while true {
            switch takeItem() {
            case .entry(let header, let record, let isAhead):
                fileBytesRead = record.headerOffset
                isOwn = !isAhead
                if isOwn { own.go(to: record) }
                return header
            case .data, .broken: continue
            case .failure(let error):
                // Every further call ends likewise.
                nextItem -= 1
                throw error
            case .end:
                nextItem -= 1
                return nil
            }
        }
    }

    func nextBlock() -> ArchiveBlock {
        if isOwn { return own.nextBlock() }
        switch takeItem() {
        case .data(let range):
            parcel.bytes[range].withUnsafeBytes { block.copyMemory(from: $0) }
            return .data(UnsafeRawBufferPointer(rebasing: block.prefix(range.count)))
        case .broken(let reason): return .broken(UnsafeRawBufferPointer(start: nil, count: 0), reason: reason)
        case .entry, .failure, .end:
            nextItem -= 1
            return .end
        }
    }

    private func takeItem() -> Item {
        while nextItem == parcel.items.count { (parcel, nextItem) = (channel.take(), 0) }
        nextItem += 1
        return parcel.items[nextItem - 1]
    }

    /// Reads an archive on the thread.
    private static func read(_ path: String, _ limits: ExportFileLimits, _ suffix: [UInt8], into channel: Channel) {
        var parcel = Parcel()
        do throws(ExportFileError) {
            let pass = try ZipPass(path: path, limits: limits)
            while let (header, record) = try pass.nextRecord() {
                let isAhead = header.isRegularFile && header.nameBytes.suffix(suffix.count).elementsEqual(suffix)
                parcel.items.append(.entry(header, record, isAhead: isAhead))
                var isReading = isAhead
                while isReading {
                    switch pass.nextBlock() {
                    case .data(let block): parcel.add(block)
                    case .broken(_, let reason):
                        parcel.items.append(.broken(reason: reason))
                        isReading = false
                    case .end: isReading = false
                    }
                    if parcel.isFull {
                        guard channel.put(parcel) else { return }
                        parcel = Parcel()
                    }
                }
                if parcel.isFull {
                    guard channel.put(parcel) else { return }
                    parcel = Parcel()
                }
            }
            parcel.items.append(.end)
        } catch {
            parcel.items.append(.failure(error))
        }
        _ = channel.put(parcel)
    }
}

/// What the thread has found, in the order of the archive.
private enum Item: Sendable {
    case entry(ArchiveHeader, ZipRecord, isAhead: Bool)
    /// A part of the data of the last entry, by its place in the parcel.
    case data(Range<Int>)
    /// The rest of the last entry's data cannot be used.
    case broken(reason: String)
    case failure(ExportFileError)
    case end
}

/// Items that are handed over together: a switch of threads for each entry would take longer than the entry.
private struct Parcel: Sendable {
    private static let sizeBytes = 1 << 18
    private static let itemCount = 2_000

    var items: [Item] = []
    private(set) var bytes: [UInt8] = []

    var isFull: Bool { bytes.count >= Self.sizeBytes || items.count >= Self.itemCount }

    mutating func add(_ block: UnsafeRawBufferPointer) {
        let start = bytes.count
        if start == 0 { bytes.reserveCapacity(Self.sizeBytes + ZipPass.bufferBytes) }
        bytes.append(contentsOf: block)
        items.append(.data(start..<bytes.count))
    }
}

/// Hands parcels from one thread to another; it holds a few, and both threads wait.
private final class Channel: Sendable {
    private static let capacity = 3

    private struct State {
        var parcels: [Parcel] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)
    /// A semaphore may not end with less than it began with, so it begins with nothing.
    private let free = DispatchSemaphore(value: 0)

    init() { for _ in 0..<Self.capacity { free.signal() } }

    /// - Returns: whether anybody wants more.
    func put(_ parcel: Parcel) -> Bool {
        free.wait()
        let isWanted = state.withLock { state in
            if !state.isClosed { state.parcels.append(parcel) }
            return !state.isClosed
        }
        if isWanted { filled.signal() }
        return isWanted
    }

    func take() -> Parcel {
        filled.wait()
        defer { free.signal() }
        return state.withLock { $0.parcels.removeFirst() }
    }

    /// Nobody takes anything any more.
    func close() {
        state.withLock { $0.isClosed = true }
        free.signal()
    }
}
