/// Stores the changes that imports made to existing data, for history and undo.
public protocol ImportChangeStore: ImportChangeRecorder {
    /// A page of the changes of an import, ordered by subject.
    ///
    /// - Parameter change: the last change of the previous page; nil for the first page.
    func changes(by number: ImportNumber, after change: ImportChange?, limit: Int) throws -> [ImportChange]

    /// Whether an import changed accounts that were there before.
    func hasChangedAccounts(by number: ImportNumber) throws -> Bool
}
