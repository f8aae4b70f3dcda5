/// Why a call about an import was rejected.
///
/// A record that cannot be imported is a `RecordFailure` instead, and the run continues.
public enum ImportError: Error, Equatable, Sendable {
    /// The state of the import does not allow the call.
    case rejected(ImportRejection)
    /// No importer has this key.
    case importerNotDefined(key: String)
    /// The requested file has an address that Ferry does not fetch from.
    ///
    /// `detail` is for administrators; log it, but do not return it.
    case addressRefused(reason: RemoteFileError.Code, detail: String?)
    /// A staged user, counted from 0 within its request, lacks an e-mail address or an import id.
    case missingUserData(index: Int, field: String)
    /// A staged user, counted from 0 within its request, has a role that the workspace does not know.
    case invalidRole(index: Int, role: String)
    /// A selection names ids in this field that no staged record of the type has.
    case recordsNotStaged(type: RecordType, field: String, ids: [String])
    /// These ids are not of failed records of the import.
    case recordsNotFailed(ids: [String])
    /// A request corrects these records more than once.
    case recordsRepeated(ids: [String])
    /// The request took so long that housekeeping purged its first batches.
    case intakeExpired
    /// The operation was cleared or superseded while a worker processed it.
    case operationNoLongerValid
    /// Another worker took the lease over; nothing may be written under this one.
    case leaseLost

    /// A stable name for programs.
    public var code: String {
        switch self {
        case .rejected(let rejection): rejection.reason.code
        case .importerNotDefined: "importer-not-defined"
        case .addressRefused(let reason, _): reason.rawValue
        case .missingUserData(_, field: "importIds"): "missing-import-id"
        case .missingUserData: "missing-email"
        case .invalidRole: "invalid-role"
        case .recordsNotStaged: "records-not-staged"
        case .recordsNotFailed: "records-not-failed"
        case .recordsRepeated: "records-repeated"
        case .intakeExpired: "intake-expired"
        case .operationNoLongerValid: "operation-no-longer-valid"
        case .leaseLost: "lease-lost"
        }
    }
}

/// Why the state of an import does not allow a call.
public struct ImportRejection: Equatable, Sendable {
    /// The reasons.
    public enum Reason: Equatable, Sendable {
        /// Records were sent without a valid operation.
        case operationNotInitialized
        /// Records were sent while a file is read or the import runs.
        case operationCannotReceiveRecords
        /// Records were sent after the operation ended.
        case operationFinished
        /// There is no valid operation to run, or no operation to report on.
        case operationNotFound
        /// No operation has this id, which the call names.
        case operationUnknown(OperationID)
        /// The operation is not in the step that the call requires.
        case invalidOperationStatus
        /// The operation's file could not be fetched or read.
        case fileNotImported(ImportFileFailure)
        /// No failed record is there to be tried again, or none of the requested kind.
        case nothingToRetry
        /// Another import runs, or is being undone.
        case anotherImportActive
        /// The operation was never undone.
        case neverUndone
        /// The downloads that were to be paused or resumed are being cancelled.
        case downloadsCanceling

        /// A stable name for programs.
        public var code: String {
            switch self {
            case .operationNotInitialized: "operation-not-initialized"
            case .operationCannotReceiveRecords: "operation-cannot-receive-records"
            case .operationFinished: "operation-finished"
            case .operationNotFound, .operationUnknown: "operation-not-found"
            case .invalidOperationStatus: "invalid-operation-status"
            case .fileNotImported(let failure): failure.code.rawValue
            case .nothingToRetry: "nothing-to-retry"
            case .anotherImportActive: "another-import-active"
            case .neverUndone: "never-undone"
            case .downloadsCanceling: "downloads-canceling"
            }
        }
    }

    /// The reason.
    public let reason: Reason
    /// What the call requested; nil for a call that only reports.
    public let event: ImportEvent?
    /// The state of the import, which stays unchanged; nil if there is none.
    public let lifecycle: ImportLifecycle?

    /// Creates a rejection.
    public init(_ reason: Reason, of event: ImportEvent? = nil, in lifecycle: ImportLifecycle? = nil) {
        self.reason = reason
        self.event = event
        self.lifecycle = lifecycle
    }

    /// A rejection because no operation was found: none with the id that the call names, or none at all.
    public static func notFound(_ id: OperationID?, of event: ImportEvent? = nil) -> ImportRejection {
        ImportRejection(id.map { .operationUnknown($0) } ?? .operationNotFound, of: event)
    }
}
