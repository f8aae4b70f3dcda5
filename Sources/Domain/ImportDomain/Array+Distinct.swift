// `Array` has no file of its own here, and every layer removes repetitions from lists of records.

extension Array {
    /// The elements without those whose key an earlier one has.
    @inlinable
    public func distinct<Key: Hashable>(by key: (Element) throws -> Key) rethrows -> [Element] {
        // Most lists of records have one element.
        guard count > 1 else { return self }
        var seen = Set<Key>()
        return try filter { try seen.insert(key($0)).inserted }
    }
}

extension Array where Element: Hashable {
    /// Each element once, at its first index.
    @inlinable
    public func distinct() -> [Element] { distinct { $0 } }
}
