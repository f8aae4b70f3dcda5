/// How far an import has come.
public enum ImportPhase: Hashable, Sendable {
    /// Nothing is staged.
    case created
    /// The file is being received.
    case receiving(FileOrigin)
    /// The file was received and is not read yet.
    case received
    /// The file is being read; the type is that of the records staged last.
    case reading(RecordType?)
    /// Records are staged; the import is not started.
    case ready
    /// Records are being imported.
    case running(ImportStage)
    /// The import has ended.
    case ended(ImportOutcome)
    /// The import is being undone.
    case undoing

    /// Whether a worker is processing the import, or it waits for a free worker.
    public var isWork: Bool {
        switch self {
        case .receiving, .reading, .running, .undoing: true
        case .created, .received, .ready, .ended: false
        }
    }
}

/// Where the file of an import comes from.
public enum FileOrigin: String, CaseIterable, Sendable {
    /// A client sends it.
    case client
    /// It is fetched from an address.
    case address
}

/// A stage of the import of staged records, in order.
public enum ImportStage: String, CaseIterable, Comparable, Sendable {
    /// The start was accepted.
    case starting
    /// Users are imported.
    case users
    /// Contacts are imported.
    case contacts
    /// Rooms are imported.
    case rooms
    /// Messages are imported.
    case messages
    /// Files of messages are extracted from the import's own file.
    case files
    /// All records are processed; totals are being recounted.
    case finishing

    /// The stage in which records of this type are imported.
    public init(of type: RecordType) {
        switch type {
        case .user: self = .users
        case .contact: self = .contacts
        case .room: self = .rooms
        case .message: self = .messages
        }
    }

    /// The type of the records that are imported in this stage.
    public var recordType: RecordType? { RecordType.allCases.first { ImportStage(of: $0) == self } }

    /// The stage that follows; nil for the last.
    public var next: ImportStage? { Self.allCases.first { $0 > self } }

    /// Whether a stage comes before another.
    public static func < (left: ImportStage, right: ImportStage) -> Bool { left.order < right.order }

    private var order: Int {
        switch self {
        case .starting: 0
        case .users: 1
        case .contacts: 2
        case .rooms: 3
        case .messages: 4
        case .files: 5
        case .finishing: 6
        }
    }
}

/// How an import ended.
public enum ImportOutcome: String, CaseIterable, Sendable {
    /// Every record was processed, even if none could be imported.
    case done
    /// An error stopped it.
    case failed
    /// An administrator stopped it.
    case canceled
    /// It was undone.
    case undone
}

/// What an administrator requested of an active import.
public enum ImportControl: String, CaseIterable, Sendable {
    /// Nothing; it continues.
    case none
    /// It stops after the current batch.
    case pausing
    /// It has stopped until it is resumed.
    case paused
    /// It ends after the current batch.
    case canceling
}
