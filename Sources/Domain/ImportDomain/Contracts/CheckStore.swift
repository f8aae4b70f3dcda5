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

    /// The page of a check that holds the record at this offset.
    func page(of check: CheckNumber, at offset: Int) throws -> CheckPage?

    /// The pages of a check that hold records which match, in order, without reading the pages.
    func matches(in check: CheckNumber, of filter: CheckFilter) throws -> [CheckMatch]

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

/// Decisions about consecutive records of one type.
public struct CheckPage: Equatable, Sendable {
    /// The index of the first record among all records of the check.
    public let firstIndex: Int
    /// The type of the records.
    public let type: RecordType
    /// How many records have each decision.
    public let counts: [CheckOutcome: Int]
    /// The decisions, compressed.
    public let payload: [UInt8]

    /// Creates a page.
    public init(firstIndex: Int, type: RecordType, counts: [CheckOutcome: Int], payload: [UInt8]) {
        self.firstIndex = firstIndex
        self.type = type
        self.counts = counts
        self.payload = payload
    }
}

/// A page with records that match a filter.
public struct CheckMatch: Equatable, Sendable {
    /// The index of the page's first record among all records of the check.
    public let firstIndex: Int
    /// How many records of the page match.
    public let count: Int

    /// Creates a match.
    public init(firstIndex: Int, count: Int) {
        self.firstIndex = firstIndex
        self.count = count
    }
}
