public import ImportDomain
import JSON

/// A staged record, as administrators choose it.
public struct SelectableRecord<Record: Sendable>: Sendable {
    /// Its sequence, after which the next page begins.
    public let sequence: RecordSequence
    /// The record.
    public let record: Record
    /// Whether an account has the first address of a user.
    public fileprivate(set) var isAddressTaken = false
}

/// Lists the staged records that administrators choose from, in pages; an empty page is the end.
public struct SelectableRecords: Sendable {
    private let store: any Store

    init(_ store: any Store) { self.store = store }

    /// A page of the staged users.
    public func users(
        of operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int = .max
    ) async throws -> [SelectableRecord<UserRecord>] {
        try await store.read { transaction in
            var users = try transaction.staging.page(
                of: .user, in: operation, after: sequence, limit: limit, bytes: bytes
            ) { try UserDocument.read(&$0).record }
            let keys = users.map { $0.record.emails.first.map(CaseFolding.key) }
            let taken = try transaction.users.holders(of: AccountKeys(addresses: keys.compactMap(\.self))).addresses
            for (index, key) in keys.enumerated() {
                if let key { users[index].isAddressTaken = taken[key] != nil }
            }
            return users
        }
    }

    /// A page of the staged rooms.
    public func rooms(
        of operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int = .max
    ) async throws -> [SelectableRecord<RoomRecord>] {
        try await store.read {
            try $0.staging.page(
                of: .room, in: operation, after: sequence, limit: limit, bytes: bytes, RoomDocument.read)
        }
    }

    /// A page of the staged contacts.
    public func contacts(
        of operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int = .max
    ) async throws -> [SelectableRecord<ContactRecord>] {
        try await store.read {
            try $0.staging.page(
                of: .contact, in: operation, after: sequence, limit: limit, bytes: bytes, ContactDocument.read)
        }
    }
}

extension StagingArea {
    fileprivate func page<Record>(
        of type: RecordType, in operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int,
        _ read: (inout JSONReader) throws -> Record
    ) throws -> [SelectableRecord<Record>] {
        try records(of: type, in: operation, after: sequence, limit: limit, bytes: bytes).map {
            SelectableRecord(sequence: $0.sequence, record: try JSONReader.read($0.document, read))
        }
    }
}
