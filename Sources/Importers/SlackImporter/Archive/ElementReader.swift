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
        let outcome = try JSONArrayFile().read(entry, body, broken: { try self.report($0, of: entry) })
        try report(outcome, of: entry)
    }

    /// Reads the messages of an entry one by one, whether it is an array of them or an object with `messages`.
    ///
    /// - Parameter isObject: whether the entry is such an object.
    static func readMessages(
        of entry: ArchiveEntry, isObject: Bool, _ body: (inout JSONReader, Int) throws -> Void,
        broken: (JSONArrayOutcome.BrokenElement) throws -> Void
    ) throws -> JSONArrayOutcome {
        guard isObject else { return try JSONArrayFile().read(entry, body, broken: broken) }
        return try JSONObjectFile().read(
            entry,
            { reader, part in
                if case .element("messages", let index) = part { try body(&reader, index) }
            }, broken: broken)
    }

    func report(_ broken: JSONArrayOutcome.BrokenElement, of entry: ArchiveEntry) throws {
        try sink.report(
            ImportFinding(
                .error, .recordInvalid, entry: entry.name, position: broken.index,
                message: "The element cannot be read and is not imported: \(broken.error)"))
    }

    func report(_ outcome: JSONArrayOutcome, of entry: ArchiveEntry) throws {
        if outcome.fault == .wrongKind(.null) {
            try sink.report(
                ImportFinding(
                    .info, .entryIgnored, entry: entry.name, message: "The entry is null; it lists nothing."))
        } else if let fault = outcome.fault {
            try sink.report(
                ImportFinding(
                    .error, .entryUnreadable, entry: entry.name, position: outcome.elements, message: fault.message))
        } else if outcome.isEmptyFile {
            try sink.report(
                ImportFinding(.warning, .entryUnreadable, entry: entry.name, message: "The entry is empty."))
        }
        if outcome.repairedText {
            try sink.report(
                ImportFinding(
                    .warning, .valueReplaced, entry: entry.name,
                    message: "Characters that no text can hold were replaced or removed."))
        }
    }
}
