import Compression
import ImportDomain
import JSON

/// Decisions about records in the order of an import, divided into compressed pages.
struct CheckPages: Sendable {
    /// The most records of a page.
    static let capacity = 1_000
    /// A page with so many bytes of text is complete.
    static let pageBytes = 256 << 10
    /// The most bytes of a page's text: the last record may be large.
    private static let contentBytes = 64 << 20

    /// A list in JSON that is not closed yet.
    private var content: [UInt8] = []
    private var counts: [CheckOutcome: Int] = [:]
    private var type = RecordType.user
    private var count = 0
    private var firstIndex = 0

    /// Adds records.
    ///
    /// - Returns: pages that are complete.
    mutating func append(_ records: [CheckedRecord]) -> [CheckPage] {
        var pages: [CheckPage] = []
        var writer = JSONWriter()
        for record in records {
            if record.type != type, let page = cut() { pages.append(page) }
            type = record.type
            counts[record.outcome, default: 0] += 1
            record.write(to: &writer)
            content.append(UInt8(ascii: count == 0 ? "[" : ","))
            content += writer.bytes
            writer.removeAll(keepingCapacity: true)
            count += 1
            if count >= Self.capacity || content.count >= Self.pageBytes, let page = cut() { pages.append(page) }
        }
        return pages
    }

    /// The last page; nil if it is empty.
    mutating func cut() -> CheckPage? {
        guard count > 0 else { return nil }
        content.append(UInt8(ascii: "]"))
        let page = CheckPage(
            firstIndex: firstIndex, type: type, counts: counts, payload: Zstandard.compress(content))
        firstIndex += count
        (count, counts, content) = (0, [:], [])
        return page
    }

    /// The records of a page.
    ///
    /// - Throws: `StoreError.corrupt`.
    static func records(of page: CheckPage) throws -> [CheckedRecord] {
        do {
            let content = try Zstandard.decompress(page.payload, limitBytes: contentBytes)
            return try JSONReader.read(content) { reader in
                var records: [CheckedRecord] = []
                try reader.beginArray()
                while try reader.nextElement() { records.append(try CheckedRecord(&reader)) }
                return records
            }
        } catch {
            throw StoreError.corrupt(message: "A page of a check cannot be read back: \(error)")
        }
    }
}
