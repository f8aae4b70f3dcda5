import Compression
import ImportDomain
import JSON

/// Decisions about records in the order of an import, divided into compressed pages, each of one type and one decision:
/// so a page of a filtered list is found without reading others.
struct CheckPages: Sendable {
    /// The most records of a page.
    static let capacity = 1_000
    /// A page with so many bytes of text is complete.
    static let pageBytes = 256 << 10
    /// The most bytes of a page's text: the last record may be large.
    private static let contentBytes = 64 << 20

    /// A page that is not complete yet.
    private struct OpenPage: Sendable {
        /// A list in JSON that is not closed yet: indexes and records in turn.
        var content: [UInt8] = []
        var count = 0
        var firstIndex = 0
        /// The position of its first record.
        var position = 0
    }

    private var open: [CheckOutcome: OpenPage] = [:]
    private var type = RecordType.user
    /// The index of the next record among all of its type.
    private var index = 0

    /// Adds records.
    ///
    /// - Returns: pages that are complete.
    mutating func append(_ records: [CheckedRecord]) -> [CheckPage] {
        var pages: [CheckPage] = []
        var writer = JSONWriter()
        for record in records {
            if record.type != type {
                pages += cut()
                (type, index, open) = (record.type, 0, [:])
            }
            record.write(to: &writer)
            var page = open.removeValue(forKey: record.outcome) ?? OpenPage()
            if page.count == 0 { page.firstIndex = index }
            page.content.append(UInt8(ascii: page.count == 0 ? "[" : ","))
            page.content += "\(index),".utf8
            page.content += writer.bytes
            page.count += 1
            writer.removeAll(keepingCapacity: true)
            index += 1
            if page.count >= Self.capacity || page.content.count >= Self.pageBytes {
                pages.append(complete(&page, record.outcome))
            }
            open[record.outcome] = page
        }
        return pages
    }

    /// The last pages.
    mutating func cut() -> [CheckPage] {
        CheckOutcome.allCases.compactMap { outcome in
            guard var page = open[outcome], page.count > 0 else { return nil }
            defer { open[outcome] = page }
            return complete(&page, outcome)
        }
    }

    private func complete(_ page: inout OpenPage, _ outcome: CheckOutcome) -> CheckPage {
        page.content.append(UInt8(ascii: "]"))
        let complete = CheckPage(
            type: type, outcome: outcome, position: page.position, count: page.count, firstIndex: page.firstIndex,
            payload: Zstandard.compress(page.content))
        page.position += page.count
        (page.content, page.count) = ([], 0)
        return complete
    }

    /// The records of a page, each with its index among all of its type.
    ///
    /// - Throws: `StoreError.corrupt`.
    static func records(of page: CheckPage) throws -> [(index: Int, record: CheckedRecord)] {
        do {
            let content = try Zstandard.decompress(page.payload, limitBytes: contentBytes)
            return try JSONReader.read(content) { reader in
                var records: [(index: Int, record: CheckedRecord)] = []
                records.reserveCapacity(page.count)
                try reader.beginArray()
                while try reader.nextElement() {
                    let number = try reader.readNumber()
                    guard let index = number.integer, try reader.nextElement() else { break }
                    records.append((Int(index), try CheckedRecord(&reader)))
                }
                return records
            }
        } catch {
            throw StoreError.corrupt(message: "A page of a check cannot be read back: \(error)")
        }
    }
}

/// Reads the records of a check of one type with one decision, from a place on.
struct CheckPageReader: Sendable {
    let store: any Store
    let queue: PreparationQueue
    private let check: CheckNumber
    private let type: RecordType
    private let outcome: CheckOutcome
    /// How many records there are.
    private let total: Int
    private var records: [(index: Int, record: CheckedRecord)] = []
    private var next = 0
    /// The position behind the page that was read.
    private var end: Int?

    init(
        of check: CheckNumber, _ type: RecordType, _ outcome: CheckOutcome, total: Int, store: any Store,
        queue: PreparationQueue
    ) {
        (self.check, self.type, self.outcome, self.total) = (check, type, outcome, total)
        (self.store, self.queue) = (store, queue)
    }

    /// Reads the page at a place, and begins with the first record there or behind it.
    mutating func seek(_ place: CheckPlace) async throws {
        try await read(at: place)
        switch place {
        case .position(let position): next = min(records.count, position - (end ?? 0) + records.count)
        case .index(let index): next = records.firstIndex { $0.index >= index } ?? records.count
        }
    }

    /// The next record with its index; nil at the end.
    mutating func peek() async throws -> (index: Int, record: CheckedRecord)? {
        while next >= records.count {
            guard let last = end, last < total else { return nil }
            try await read(at: .position(last))
            next = 0
            // Housekeeping removed the page meanwhile.
            guard let position = end, position > last, !records.isEmpty else {
                (records, end) = ([], total)
                return nil
            }
        }
        return records[next]
    }

    /// Passes the next record over.
    mutating func advance() { next += 1 }

    private mutating func read(at place: CheckPlace) async throws {
        let (check, type, outcome) = (check, type, outcome)
        let page = try await store.read { try $0.checks.page(of: check, type, outcome, at: place) }
        guard let page else {
            // Housekeeping removed the check meanwhile.
            (records, end) = ([], total)
            return
        }
        records = try await queue.run { try CheckPages.records(of: page) }
        end = page.position + page.count
    }
}
