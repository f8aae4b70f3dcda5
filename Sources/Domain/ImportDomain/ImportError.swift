/// Why a call about an import was refused.
///
/// A record that cannot be imported is not an error of this kind: it is a `RecordFailure`, and the run goes on.
public enum ImportError: Error, Equatable, Sendable {
    /// Records were sent, and no valid operation takes them.
    case operationNotInitialized
    /// Records were sent while a file is read or the import runs.
    case operationCannotReceiveRecords
    /// Records were sent after the operation ended.
    case operationFinished
    /// There is no valid operation to run, or none at all to report on.
    case operationNotFound
    /// The operation is not in the step that the call needs.
    case invalidOperationStatus
    /// The operation's file could not be fetched or read.
    case fileNotImported(ImportFileFailure)
    /// The operation whose file was to be read has ended.
    case invalidOperation
    /// No importer has this key.
    case importerNotDefined(key: String)
    /// A file was to be fetched from an address that Ferry does not fetch from.
    ///
    /// `detail` is what only administrators may know; it belongs into the log.
    case addressRefused(reason: RemoteFileError.Code, detail: String?)
    /// A staged user, counted from 0 within its request, lacks an e-mail address or an import id.
    case missingUserData(index: Int, field: String)
    /// A staged user, counted from 0 within its request, has a role that the workspace does not know.
    case invalidRole(index: Int, role: String)
    /// Records were sent so slowly that those which came first were taken for the remains of a broken connection.
    case intakeExpired
    /// The operation was cleared or superseded while a worker had it in hand.
    case operationNoLongerValid
    /// Another worker took the lease over; nothing may be written under it.
    case leaseLost

    /// A stable name for programs.
    public var code: String {
        switch self {
        case .operationNotInitialized: "operation-not-initialized"
        case .operationCannotReceiveRecords: "operation-cannot-receive-records"
        case .operationFinished: "operation-finished"
        case .operationNotFound: "operation-not-found"
        case .invalidOperationStatus: "invalid-operation-status"
        case .fileNotImported(let failure): failure.code.rawValue
        case .invalidOperation: "import-operation-invalid"
        case .importerNotDefined: "importer-not-defined"
        case .addressRefused(let reason, _): reason.rawValue
        case .missingUserData(_, field: "importIds"): "missing-import-id"
        case .missingUserData: "missing-email"
        case .invalidRole: "invalid-role"
        case .intakeExpired: "intake-expired"
        case .operationNoLongerValid: "operation-no-longer-valid"
        case .leaseLost: "lease-lost"
        }
    }
}
