internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

/// Reads the elements of entries one by one, and reports what cannot be read.
struct ElementReader {
    private let sink: RecordSink

    init(_ sink: RecordSink) { self.sink = sink }

    /// Reads the elements of an entry one by one; what cannot be read becomes findings.
    ///
    /// - Parameter body: handles each element; a `JSONError` that it throws costs that element alone.
    func read(_ entry: ArchiveEntry, _ body: (inout JSONReader, Int) throws -> Void) throws {
        let outcome = try JSONFile().readArray(entry, body, broken: { try self.report($0, of: entry) })
        try report(outcome, of: entry)
    }

    /// Reads the messages of an entry one by one, whether it is an array of them or an object with `messages`.
    ///
    /// - Parameter isObject: whether the entry is such an object.
    static func readMessages(
        of entry: ArchiveEntry, isObject: Bool, _ body: (inout JSONReader, Int) throws -> Void,
        broken: (JSONArrayOutcome.BrokenElement) throws -> Void
    ) throws -> JSONArrayOutcome {
        guard isObject else { return try JSONFile().readArray(entry, body, broken: broken) }
        return try JSONFile().readObject(
            entry,
            { reader, part in
                if case .element("messages", let index) = part { try body(&reader, index) }
            }, broken: broken)
    }

    func report(_ broken: JSONArrayOutcome.BrokenElement, of entry: ArchiveEntry) throws {
        try sink.report(
            .error, .recordInvalid, entry: entry.name, at: broken.index,
            "The element cannot be read and is not imported: \(broken.error)")
    }

    func report(_ outcome: JSONArrayOutcome, of entry: ArchiveEntry) throws {
        if outcome.fault == .wrongKind(.null) {
            try sink.report(.info, .entryIgnored, entry: entry.name, "The entry is null; it lists nothing.")
        } else if let fault = outcome.fault {
            try sink.report(.error, .entryUnreadable, entry: entry.name, at: outcome.elements, fault.message)
        } else if outcome.isEmptyFile {
            try sink.report(.warning, .entryUnreadable, entry: entry.name, "The entry is empty.")
        }
        if outcome.repairedText {
            try sink.report(
                .warning, .valueReplaced, entry: entry.name,
                "Characters that no text can hold were replaced or removed.")
        }
    }
}
