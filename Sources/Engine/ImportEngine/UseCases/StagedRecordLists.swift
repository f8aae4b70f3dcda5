public import ImportDomain
import JSON

/// A staged record, as administrators find it.
public struct ListedRecord: Sendable {
    /// What it describes.
    public enum Content: Sendable {
        /// A user.
        case user(UserRecord)
        /// A room.
        case room(RoomRecord)
        /// A contact.
        case contact(ContactRecord)
        /// A record that fails in the run, because its document cannot be read.
        case unreadable
    }

    /// Its sequence, which is also its id for clients.
    public let sequence: RecordSequence
    /// Its type.
    public let type: RecordType
    /// Its first import id, which selections use.
    public let importID: String
    /// The record.
    public let content: Content
    /// Its properties, in the order of their filters.
    public let properties: [RecordFilter]
}

/// A page of staged records.
public struct StagedRecordPage: Sendable {
    /// The operation.
    public let operation: OperationID
    /// The records, in staging order.
    public let records: [ListedRecord]
    /// How many match.
    public let total: Int
    /// How many of all records of the type have each property; nil if the call did not request it.
    public let counts: [RecordFilter: Int]?
    /// When the first and the last message were written; nil for other types.
    public var writtenAt: ClosedRange<Timestamp>?
}

/// Finds staged users, rooms and contacts of an operation that is ready (`import.records`).
///
/// A page without conditions reads its own records alone. Conditions and counts consult the index, which the first call
/// makes; that call waits for it.
public struct StagedRecordLists: Sendable {
    private let store: any Store
    private let index: RecordIndex
    private static let attempts = 5
    private static let batchesAtOnce = 1_000

    init(_ store: any Store, index: RecordIndex) {
        self.store = store
        self.index = index
    }

    /// A page of the records of a type that match.
    ///
    /// - Parameters:
    ///   - type: messages are counted, not listed.
    ///   - id: the operation; nil for the current one.
    ///   - counts: whether the properties of all records of the type are counted.
    ///   - bytes: about how many stored bytes the page may have; one record is returned regardless of its size.
    /// - Throws: `ImportError.rejected` for an operation that does not exist or whose records are not staged any more;
    ///   `StoreError`.
    public func page(
        of type: RecordType, in id: OperationID? = nil, matching match: RecordMatch = RecordMatch(),
        counts: Bool = false, offset: Int, limit: Int, bytes: Int = .max
    ) async throws -> StagedRecordPage {
        guard type != .message else {
            return try await store.read { transaction in
                let operation = try Self.operation(id, in: transaction)
                return StagedRecordPage(
                    operation: operation.id, records: [], total: operation.counts[.message]?.total ?? 0, counts: nil,
                    writtenAt: try transaction.staging.messageSpan(of: operation.id))
            }
        }
        let needsIndex = counts || !match.isEverything
        for attempt in 1... {
            if needsIndex {
                let operation = try await store.read { try Self.operation(id, in: $0).id }
                try await index.complete(type, of: operation)
            }
            do {
                return try await store.read { transaction in
                    let operation = try Self.operation(id, in: transaction).id
                    var found = Found(offset: offset, limit: limit)
                    if needsIndex {
                        try find(match, counts: counts, of: type, in: operation, by: transaction, &found)
                    } else {
                        try findAll(of: type, in: operation, by: transaction, &found)
                    }
                    return StagedRecordPage(
                        operation: operation,
                        records: try Self.records(at: found.sequences, type, bytes: bytes, by: transaction),
                        total: found.total, counts: counts ? found.counts : nil)
                }
            } catch is RecordIndex.Incomplete where attempt < Self.attempts {
                // More was staged meanwhile.
                continue
            }
        }
        throw RecordIndex.Incomplete()
    }

    /// The records of a page, and numbers about all.
    private struct Found {
        let offset: Int
        let limit: Int
        var total = 0
        var sequences: [RecordSequence] = []
        var counts: [RecordFilter: Int] = [:]
    }

    /// Every record: batches are complete as long as the operation is ready, so their sizes tell where the page begins.
    private func findAll(
        of type: RecordType, in operation: OperationID, by transaction: any StoreTransaction, _ found: inout Found
    ) throws {
        var last: Int64 = 0
        while true {
            let batches = try transaction.recordIndex.batches(
                of: type, in: operation, after: last, limit: Self.batchesAtOnce, withTexts: false)
            guard let end = batches.last?.number else { return }
            last = end
            for batch in batches {
                let first = max(0, found.offset - found.total)
                found.total += batch.recordCount
                let rest = found.limit - found.sequences.count
                guard first < batch.recordCount, rest > 0 else { continue }
                for position in first..<min(batch.recordCount, first + rest) {
                    found.sequences.append(RecordSequence(batch: batch.number, position: position))
                }
            }
        }
    }

    private func find(
        _ match: RecordMatch, counts: Bool, of type: RecordType, in operation: OperationID,
        by transaction: any StoreTransaction, _ found: inout Found
    ) throws {
        let filters = counts ? RecordFilter.filters(of: type) : []
        for filter in filters { found.counts[filter] = 0 }
        try index.evaluate(
            match, of: type, in: operation, needsAccounts: counts, by: transaction
        ) { batch, index, matches, taken in
            for filter in filters {
                found.counts[filter, default: 0] +=
                    filter == .addressTaken
                    ? taken.count { $0 } : index.flags.count { filter.holds($0) }
            }
            for (position, isMatch) in matches.enumerated() where isMatch {
                if found.total >= found.offset, found.sequences.count < found.limit {
                    found.sequences.append(RecordSequence(batch: batch.number, position: position))
                }
                found.total += 1
            }
        }
    }

    private static func records(
        at sequences: [RecordSequence], _ type: RecordType, bytes: Int, by transaction: any StoreTransaction
    ) throws -> [ListedRecord] {
        let records = try transaction.recordIndex.records(at: sequences, bytes: bytes).map {
            ($0, ListedRecord.Content($0, of: type))
        }
        let keys = records.map { $0.1.addressKey }
        let taken = try transaction.users.holders(of: AccountKeys(addresses: keys.compactMap(\.self))).addresses
        return zip(records, keys).map { record, key in
            var properties = record.1.properties
            if let key, taken[key] != nil { properties.insert(.addressTaken) }
            return ListedRecord(
                sequence: record.0.sequence, type: type, importID: record.0.importID, content: record.1,
                properties: RecordFilter.filters(of: type).filter(properties.contains))
        }
    }

    /// The operation, whose staged records are complete.
    private static func operation(
        _ id: OperationID?, in transaction: any StoreTransaction
    ) throws -> ImportOperation {
        guard
            let operation = try id.map({ try transaction.operations.find(id: $0) }) ?? transaction.operations.current()
        else { throw ImportError.rejected(ImportRejection(.operationNotFound)) }
        guard !operation.lifecycle.isRetired, [.created, .ready].contains(operation.phase) else {
            throw ImportError.rejected(ImportRejection(.invalidOperationStatus, in: operation.lifecycle))
        }
        return operation
    }
}

extension ListedRecord.Content {
    init(_ record: StagedRecord, of type: RecordType) {
        do {
            self =
                switch type {
                case .user: .user(try JSONReader.read(record.document) { try UserDocument.read(&$0).record })
                case .room: .room(try JSONReader.read(record.document, RoomDocument.read))
                case .contact: .contact(try JSONReader.read(record.document, ContactDocument.read))
                case .message: .unreadable
                }
        } catch {
            self = .unreadable
        }
    }

    /// The key of a user's first address.
    fileprivate var addressKey: String? {
        guard case .user(let user) = self, let address = user.emails.first else { return nil }
        return CaseFolding.key(address)
    }

    /// The properties that do not depend on the workspace.
    var properties: Set<RecordFilter> {
        var properties: Set<RecordFilter> = []
        switch self {
        case .user(let user):
            if user.isDeleted { properties.insert(.deleted) }
            if user.type == "bot" { properties.insert(.bot) }
            if user.roles.contains(Role.guest) { properties.insert(.guest) }
        case .room(let room):
            if room.isArchived { properties.insert(.archived) }
            if room.kind == .privateGroup { properties.insert(.private) }
            if room.kind == .direct { properties.insert(.direct) }
        case .contact, .unreadable: break
        }
        return properties
    }
}
