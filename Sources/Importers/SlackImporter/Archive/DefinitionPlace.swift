internal import ImportDomain
internal import ImporterKit

/// Where a definition stands in the export; the order decides between two definitions of the same thing, so that the
/// order of an archive's entries does not.
struct DefinitionPlace: Comparable {
    /// 0 for the organisation, 1 for the root, 2 for a workspace of an organisation, 3 for a file with messages.
    let rank: Int
    let entry: String
    let index: Int

    static func < (first: DefinitionPlace, second: DefinitionPlace) -> Bool {
        if first.rank != second.rank { return first.rank < second.rank }
        if first.entry != second.entry { return first.entry.precedesByBytes(second.entry) }
        return first.index < second.index
    }

    /// Reports a warning about the definition at this place.
    func report(
        _ code: ImportFinding.Code, field: String, value: String?, _ message: String, _ sink: RecordSink
    ) throws {
        try sink.report(.warning, code, entry: entry, at: index, field: field, value: value, message)
    }
}
