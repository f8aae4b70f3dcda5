public import ImportDomain

/// Lists the failed records of imports.
public struct ImportFailures: Sendable {
    /// A page of failed records.
    public struct Page: Sendable {
        /// The operation; nil if there never was one.
        public let operation: OperationID?
        /// The records, in staging order.
        public let records: [FailedRecord]
        /// How many records match, by type and reason, the most frequent first.
        public let groups: [FailureGroup]

        /// How many records match.
        public var total: Int { groups.reduce(0) { $0 + $1.count } }
    }

    private let store: any Store
    private let queue = PreparationQueue()
    private static let recordsAtOnce = 2_000
    private static let bytesAtOnce = 4 << 20

    init(_ store: any Store) { self.store = store }

    /// Makes the texts that a search reads, where they are missing.
    ///
    /// - Returns: the filter with its search in the form of the texts.
    private func prepare(_ filter: FailureFilter, of id: OperationID?) async throws -> FailureFilter {
        var filter = filter
        let search = CaseFolding.key(filter.search ?? "").filter { $0 != "\0" }
        filter.search = search.isEmpty ? nil : search
        guard !search.isEmpty else { return filter }
        let incomplete = try await store.read { transaction -> OperationID? in
            guard let operation = try Self.operation(id, in: transaction),
                try transaction.failureTexts.isIncomplete(of: operation)
            else { return nil }
            return operation
        }
        guard let operation = incomplete else { return filter }
        var last: RecordSequence?
        while true {
            let records = try await store.read { [last] transaction in
                try transaction.failureTexts.recordsWithout(
                    in: operation, after: last, limit: Self.recordsAtOnce, bytes: Self.bytesAtOnce)
            }
            guard let end = records.last?.record.sequence else { return filter }
            last = end
            let texts = try await queue.run {
                records.map { ($0.record.sequence, RecordTexts.searchText(of: $0.record, type: $0.type)) }
            }
            try await store.write(.indexFailures) { try $0.failureTexts.add(texts, in: operation) }
        }
    }

    /// A page of an operation's failed records (`import.failures`).
    ///
    /// - Parameters:
    ///   - id: the operation; nil for the current one.
    ///   - bytes: about how many stored bytes the page may have.
    /// - Throws: `ImportError.rejected` for an operation that does not exist; `StoreError`.
    public func page(
        of id: OperationID? = nil, matching filter: FailureFilter = FailureFilter(), offset: Int, limit: Int,
        bytes: Int = .max
    ) async throws -> Page {
        let filter = try await prepare(filter, of: id)
        let page = try await store.read { transaction in
            guard let operation = try Self.operation(id, in: transaction) else {
                return Page(operation: nil, records: [], groups: [])
            }
            let groups = try transaction.staging.failureGroups(of: operation, matching: filter)
            return Page(
                operation: operation,
                records: try transaction.staging.failures(
                    of: operation, matching: filter, after: nil, offset: offset, limit: limit, bytes: bytes),
                groups: groups.sorted {
                    ($1.count, $0.type.rawValue, $0.code.rawValue) < ($0.count, $1.type.rawValue, $1.code.rawValue)
                })
        }
        return Page(operation: page.operation, records: page.records.map(Self.shown), groups: page.groups)
    }

    /// A record without secrets.
    private static func shown(_ record: FailedRecord) -> FailedRecord {
        FailedRecord(
            sequence: record.sequence, type: record.type, importID: record.importID, index: record.index,
            document: ShownRecord.document(record.document, of: record.type), failure: record.failure)
    }

    /// The next of an operation's failed records, for downloads; an empty page is the end.
    ///
    /// - Parameters: as `page(of:matching:offset:limit:bytes:)`.
    /// - Throws: as `page(of:matching:offset:limit:bytes:)`.
    public func records(
        of id: OperationID?, matching filter: FailureFilter, after sequence: RecordSequence?, limit: Int, bytes: Int
    ) async throws -> (operation: OperationID?, records: [FailedRecord]) {
        let filter = try await prepare(filter, of: id)
        let page: (operation: OperationID?, records: [FailedRecord]) = try await store.read { transaction in
            guard let operation = try Self.operation(id, in: transaction) else { return (nil, []) }
            return (
                operation,
                try transaction.staging.failures(
                    of: operation, matching: filter, after: sequence, offset: 0, limit: limit, bytes: bytes)
            )
        }
        return (page.operation, page.records.map(Self.shown))
    }

    private static func operation(_ id: OperationID?, in transaction: any StoreTransaction) throws -> OperationID? {
        guard let id else { return try transaction.operations.current()?.id }
        guard try transaction.operations.find(id: id) != nil else {
            throw ImportError.rejected(.notFound(id))
        }
        return id
    }
}
