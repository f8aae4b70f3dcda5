/// How far an operation has come, in the words of the wire (`operation.status`).
///
/// Source: Rocket.Chat's `importer_*` steps.
public enum ImportStep: String, CaseIterable, Sendable {
    /// Created; nothing is staged.
    case new = "importer_new"
    /// A file is being received from a client.
    case uploading = "importer_uploading"
    /// A file is being fetched from an address.
    case downloadingFile = "importer_downloading_file"
    /// A file was received and is not read yet.
    case fileLoaded = "importer_file_loaded"
    /// A file is being read.
    case preparingStarted = "importer_preparing_started"
    /// Users of a file are being staged.
    case preparingUsers = "importer_preparing_users"
    /// Contacts of a file are being staged.
    case preparingContacts = "importer_preparing_contacts"
    /// Rooms of a file are being staged.
    case preparingRooms = "importer_preparing_channels"
    /// Messages of a file are being staged.
    case preparingMessages = "importer_preparing_messages"
    /// Records are staged and wait for the start.
    case userSelection = "importer_user_selection"
    /// The start was accepted.
    case importingStarted = "importer_importing_started"
    /// Users are being imported.
    case importingUsers = "importer_importing_users"
    /// Contacts are being imported.
    case importingContacts = "importer_importing_contacts"
    /// Rooms are being imported.
    case importingRooms = "importer_importing_channels"
    /// Messages are being imported.
    case importingMessages = "importer_importing_messages"
    /// Files that messages carry are being taken out of the operation's own file.
    case importingFiles = "importer_importing_files"
    /// All records are processed; totals are being settled.
    case finishing = "importer_finishing"
    /// Every record was processed.
    case done = "importer_done"
    /// An error stopped the operation.
    case failed = "importer_import_failed"
    /// An administrator stopped the operation.
    case cancelled = "importer_import_cancelled"

    /// Whether the operation will not move any further.
    public var isTerminal: Bool { self == .done || self == .failed || self == .cancelled }

    /// Whether a worker owns the operation in this step.
    public var isImporting: Bool { state(ofValidOperation: self) == .importing }

    /// Whether the operation's file is being read in this step.
    public var isPreparing: Bool { self == .preparingStarted || RecordType.allCases.map(Self.preparing).contains(self) }

    /// Whether a worker has, or should have, the operation's file in hand.
    public var isHandlingFile: Bool { self == .downloadingFile || self == .importingFiles || isPreparing }

    /// The step in which records of this type are being staged from a file.
    public static func preparing(_ type: RecordType) -> ImportStep {
        switch type {
        case .user: .preparingUsers
        case .contact: .preparingContacts
        case .room: .preparingRooms
        case .message: .preparingMessages
        }
    }

    /// The step in which a worker imports records of this type.
    public static func importing(_ type: RecordType) -> ImportStep {
        switch type {
        case .user: .importingUsers
        case .contact: .importingContacts
        case .room: .importingRooms
        case .message: .importingMessages
        }
    }

    /// The type of the records that are imported in this step.
    public var importedType: RecordType? { RecordType.allCases.first { Self.importing($0) == self } }

    /// The step that follows while a worker owns the operation; ended operations stay where they are.
    public var next: ImportStep {
        switch self {
        case .importingStarted: .importingUsers
        case .importingUsers: .importingContacts
        case .importingContacts: .importingRooms
        case .importingRooms: .importingMessages
        case .importingMessages: .importingFiles
        case .importingFiles: .finishing
        case .finishing: .done
        default: self
        }
    }

    /// Every step that belongs to the state `importing`.
    public static let importingSteps = allCases.filter(\.isImporting)

    private func state(ofValidOperation step: ImportStep) -> ImportState { ImportState(step: step, isValid: true) }
}
