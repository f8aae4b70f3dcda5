/// The texts by which administrators search failed records.
///
/// They are made when somebody searches, so that imports without a search do not pay for them, and removed when the record
/// is tried again or purged.
/// Source: docs/decisions/0029-selection-by-rule.md.
public protocol FailureTextStore {
    /// Whether failed records of an operation have no texts yet.
    func isIncomplete(of operation: OperationID) throws -> Bool

    /// The next failed records without texts, in staging order.
    ///
    /// - Parameter bytes: about how many stored bytes are read; the first record is returned regardless of its size.
    func recordsWithout(
        in operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int
    ) throws -> [(type: RecordType, record: StagedRecord)]

    /// Stores the texts of records, unless they have some or do not fail any more.
    func add(_ texts: [(sequence: RecordSequence, text: String)], in operation: OperationID) throws
}
