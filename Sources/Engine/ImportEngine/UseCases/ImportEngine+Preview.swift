public import ImportDomain
import JSON

/// What is known of a file's content (`getImportFileData`).
public enum FilePreview: Sendable {
    /// The file is being received or read.
    case waiting
    /// What is staged, page by page through `selectableUsers` and its relatives.
    case selection(ImportOperation)
}

/// A staged user, as administrators choose it.
public struct SelectableUser: Sendable {
    /// Its place, for the next page.
    public let sequence: RecordSequence
    /// The record.
    public let record: UserRecord
    /// Whether an account has its first address.
    public let isAddressTaken: Bool
}

/// A staged room, as administrators choose it.
public struct SelectableRoom: Sendable {
    /// Its place, for the next page.
    public let sequence: RecordSequence
    /// The record.
    public let record: RoomRecord
}

/// A staged contact, as administrators choose it.
public struct SelectableContact: Sendable {
    /// Its place, for the next page.
    public let sequence: RecordSequence
    /// The record.
    public let record: ContactRecord
}

extension ImportEngine {
    /// What is known of the current operation's file; a file that was received and not read yet is read from now on.
    ///
    /// A running or ended operation is never changed.
    /// - Throws: `ImportError.operationNotFound`, `.importerNotDefined`, `.invalidOperation`, `.fileNotImported`;
    ///   `StoreError`.
    public func preview() async throws -> FilePreview {
        guard let operation = try await currentOperation() else { throw ImportError.operationNotFound }
        _ = try importer(operation.importerKey)
        switch operation.phase {
        case .received:
            try await prepareFile(of: operation.id)
            return .waiting
        case .receiving, .reading: return .waiting
        default:
            if let failure = operation.fileFailure { throw ImportError.fileNotImported(failure) }
            return .selection(operation)
        }
    }

    /// The users that are staged, a page at a time; an empty page is the end.
    public func selectableUsers(
        of operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int = .max
    ) async throws -> [SelectableUser] {
        try await store.read { transaction in
            let records = try transaction.staging.records(
                of: .user, in: operation, after: sequence, limit: limit, bytes: bytes
            )
            .map { ($0.sequence, try JSONReader.read($0.document) { try UserDocument.read(&$0).record }) }
            let keys = records.compactMap { $0.1.emails.first.map(CaseFolding.key) }
            let taken = try transaction.users.holders(of: AccountKeys(addresses: keys)).addresses
            return records.map { sequence, record in
                SelectableUser(
                    sequence: sequence, record: record,
                    isAddressTaken: record.emails.first.map { taken[CaseFolding.key($0)] != nil } ?? false)
            }
        }
    }

    /// The rooms that are staged, a page at a time; an empty page is the end.
    public func selectableRooms(
        of operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int = .max
    ) async throws -> [SelectableRoom] {
        try await store.read { transaction in
            try transaction.staging.records(
                of: .room, in: operation, after: sequence, limit: limit, bytes: bytes
            ).map {
                SelectableRoom(
                    sequence: $0.sequence, record: try JSONReader.read($0.document) { try RoomDocument.read(&$0) })
            }
        }
    }

    /// The contacts that are staged, a page at a time; an empty page is the end.
    public func selectableContacts(
        of operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int = .max
    ) async throws -> [SelectableContact] {
        try await store.read { transaction in
            try transaction.staging.records(
                of: .contact, in: operation, after: sequence, limit: limit, bytes: bytes
            ).map {
                SelectableContact(
                    sequence: $0.sequence, record: try JSONReader.read($0.document) { try ContactDocument.read(&$0) })
            }
        }
    }

    /// What importers noticed about the current operation's file: a page of it, and how much there is of each kind.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have.
    public func findings(
        offset: Int, limit: Int, bytes: Int = .max
    ) async throws -> (findings: [ImportFinding], counts: [FindingCount]) {
        try await store.read { transaction in
            guard let operation = try transaction.operations.current() else { return ([], []) }
            return (
                try transaction.findings.findings(of: operation.id, offset: offset, limit: limit, bytes: bytes),
                try transaction.findings.findingCounts(of: operation.id)
            )
        }
    }

    private func prepareFile(of id: OperationID) async throws {
        let now = clock.now()
        try await store.write { transaction in
            guard var operation = try transaction.operations.find(id: id) else { return }
            // Somebody else may have asked as well.
            guard operation.phase == .received else { return }
            try operation.apply(.beginReading, at: now)
            try transaction.operations.update(operation)
            try transaction.announceWork()
        }
        workSignal.notify()
    }
}
