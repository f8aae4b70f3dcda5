/// Stores the results of checks, apart from the workspace.
public protocol CheckStore {
    /// The latest complete check of an operation with this key.
    func find(_ key: String, of operation: OperationID) throws -> StoredCheck?

    /// Adds an incomplete check.
    func begin(_ key: String, of operation: OperationID) throws -> CheckNumber

    /// Adds pages to an incomplete check.
    ///
    /// - Throws: `ImportError.leaseLost` if the check was purged, because its process was suspended for long.
    func add(_ pages: [CheckPage], to check: CheckNumber) throws

    /// Completes a check.
    ///
    /// - Throws: as `add(_:to:)`.
    func finish(_ check: CheckNumber, recordCount: Int, result: String) throws

    /// A page of records of a type with a decision: the last one that begins at this place or before it, or the first
    /// one; nil if there are no such records.
    func page(
        of check: CheckNumber, _ type: RecordType, _ outcome: CheckOutcome, at place: CheckPlace
    ) throws -> CheckPage?

    /// Removes a check that will not be completed.
    func abandon(_ check: CheckNumber) throws

    /// Purges some pages of useless checks: of ended operations, those without progress for 10 minutes, and all but the
    /// latest of an operation.
    ///
    /// - Parameter limit: the maximum of pages.
    /// - Returns: whether more may be left.
    func purge(limit: Int) throws -> Bool
}

/// The number of a check.
public struct CheckNumber: Hashable, Sendable {
    /// The number as stored.
    public let rawValue: Int64

    /// A number as stored.
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
}

/// A complete check.
public struct StoredCheck: Equatable, Sendable {
    /// Its number.
    public let number: CheckNumber
    /// The number of records that it decided about.
    public let recordCount: Int
    /// The counts and reasons, as text in a form of the engine's own.
    public let result: String

    /// Creates a check.
    public init(number: CheckNumber, recordCount: Int, result: String) {
        self.number = number
        self.recordCount = recordCount
        self.result = result
    }
}

/// What an import would do with a record.
public enum CheckOutcome: String, CaseIterable, Sendable {
    /// Creates an account, room or message.
    case create
    /// Changes an existing one.
    case update
    /// Adds import ids to an existing account.
    case bind
    /// The workspace has everything already.
    case unchanged
    /// Is not imported.
    case skip
    /// Cannot be imported.
    case fail
}

/// Which records of a check; nil matches everything.
public struct CheckFilter: Equatable, Sendable {
    /// Records of this type only.
    public var type: RecordType?
    /// Records with this decision only.
    public var outcome: CheckOutcome?

    /// Every record, unless narrowed.
    public init(type: RecordType? = nil, outcome: CheckOutcome? = nil) {
        self.type = type
        self.outcome = outcome
    }
}

/// A place among the records of one type of a check.
public enum CheckPlace: Equatable, Sendable {
    /// The position among those with the same decision.
    case position(Int)
    /// The index among all of them.
    case index(Int)
}

/// Decisions of one kind about records of one type, in the order of the import.
public struct CheckPage: Equatable, Sendable {
    /// The type of the records.
    public let type: RecordType
    /// The decision.
    public let outcome: CheckOutcome
    /// The position of the first record among those of this type with this decision.
    public let position: Int
    /// The number of records.
    public let count: Int
    /// The index of the first record among all of this type.
    public let firstIndex: Int
    /// The decisions with the indexes of their records, compressed.
    public let payload: [UInt8]

    /// Creates a page.
    public init(
        type: RecordType, outcome: CheckOutcome, position: Int, count: Int, firstIndex: Int, payload: [UInt8]
    ) {
        self.type = type
        self.outcome = outcome
        self.position = position
        self.count = count
        self.firstIndex = firstIndex
        self.payload = payload
    }
}
