/// Keeps what imports changed of what was there before them, so that it can be shown and taken back.
public protocol ImportChangeStore {
    /// Writes changes down. Of a field that an import changes again, the value before the first change stays.
    func record(_ changes: [ImportChange], by number: ImportNumber) throws

    /// A page of what an import changed, in the order of the subjects.
    ///
    /// - Parameter change: the last change of the page before; nil for the first page.
    func changes(by number: ImportNumber, after change: ImportChange?, limit: Int) throws -> [ImportChange]
}
