import ImportDomain

/// Resolves selections by rule to lists of import ids, of the records that are selected or of those that are not,
/// whichever are fewer.
struct SelectionRules: Sendable {
    private static let attempts = 5
    /// How many unknown ids an error names.
    private static let namedIDs = 10

    let store: any Store
    let index: RecordIndex

    /// Runs `work` with an index of every type that a selection has a rule for.
    ///
    /// More may be staged while records are indexed; then they are indexed, and `work` runs again.
    func indexing<Result: Sendable>(
        _ selection: ImportSelection, _ work: () async throws -> Result
    ) async throws -> Result {
        let types = selection.ruledTypes
        for attempt in 1... {
            if !types.isEmpty, let operation = try await store.read({ try $0.operations.current() }),
                operation.phase == .ready
            {
                for type in types { try await index.complete(type, of: operation.id) }
            }
            do {
                return try await work()
            } catch is RecordIndex.Incomplete where attempt < Self.attempts {
                continue
            }
        }
        throw RecordIndex.Incomplete()
    }

    /// The selection with lists in place of rules, as of this transaction.
    ///
    /// - Throws: `ImportError.recordsNotStaged`; `RecordIndex.Incomplete`; `StoreError`.
    func resolved(
        _ selection: ImportSelection, of operation: OperationID, by transaction: any StoreTransaction
    ) throws -> ImportSelection {
        var resolved = selection
        for type in selection.ruledTypes {
            guard case .matching(let rule) = selection.choice(of: type) else { continue }
            let choice = try choice(rule, of: type, in: operation, by: transaction)
            switch type {
            case .user: resolved.users = choice
            case .room: resolved.rooms = choice
            case .contact: resolved.contacts = choice
            case .message: break
            }
        }
        return resolved
    }

    private func choice(
        _ rule: RecordRule, of type: RecordType, in operation: OperationID, by transaction: any StoreTransaction
    ) throws -> ImportSelection.Choice {
        if rule.match?.isEverything == true, rule.except.isEmpty, rule.also.isEmpty { return .all }
        func clipped(_ importIDs: [String]) -> [ImportID] {
            importIDs.map { ImportID($0.clipped(toBytes: RecordLimits.importIDBytes)) }
        }
        let (except, also) = (Set(clipped(rule.except)), Set(clipped(rule.also)))
        // Calls `body` for each record; the ids that stand for it are its own and, of a direct room, that of all of them.
        func scan(_ body: (_ names: [ImportID], _ isSelected: Bool) -> Void) throws {
            try index.evaluate(
                rule.match ?? RecordMatch(), of: type, in: operation, needsTexts: true, by: transaction
            ) { _, index, matches, _ in
                for (position, importID) in RecordTexts.importIDs(in: index).enumerated() {
                    let isDirect = type == .room && RecordFilter.direct.holds(index.flags[position])
                    let names = isDirect ? [importID, ImportSelection.directRooms] : [importID]
                    let isMatch = rule.match != nil && matches[position] && !names.contains(where: except.contains)
                    body(names, isMatch || names.contains(where: also.contains))
                }
            }
        }

        var (missing, selectedCount, otherCount) = (except.union(also), 0, 0)
        try scan { names, isSelected in
            if isSelected { selectedCount += 1 } else { otherCount += 1 }
            if !missing.isEmpty { missing.subtract(names) }
        }
        for (field, importIDs) in [("except", clipped(rule.except)), ("also", clipped(rule.also))] {
            let unknown = importIDs.filter(missing.contains)
            guard unknown.isEmpty else {
                throw ImportError.recordsNotStaged(
                    type: type, field: field, ids: unknown.prefix(Self.namedIDs).map(\.rawValue))
            }
        }
        // The fewer are listed. An id is selected if any record with it is.
        let listsSelected = selectedCount <= otherCount
        var listed: Set<ImportID> = []
        try scan { if $1 == listsSelected { listed.insert($0[0]) } }
        guard !listsSelected else { return .listed(listed.map(\.rawValue)) }
        if !listed.isEmpty { try scan { if $1 { listed.remove($0[0]) } } }
        return listed.isEmpty ? .all : .allExcept(listed.map(\.rawValue))
    }
}

extension ImportSelection {
    /// The types that have a rule.
    fileprivate var ruledTypes: [RecordType] {
        RecordType.allCases.filter { if case .matching = choice(of: $0) { true } else { false } }
    }
}
