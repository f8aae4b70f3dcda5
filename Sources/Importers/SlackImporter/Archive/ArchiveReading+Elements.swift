internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

extension ArchiveReading {
    /// Reads the elements of an entry one by one; what cannot be read becomes findings.
    ///
    /// - Parameter body: handles each element; a `JSONError` that it throws costs that element alone.
    func read(_ entry: ArchiveEntry, _ body: (inout JSONReader, Int) throws -> Void) throws {
        let outcome = try JSONArrayFile().read(entry, body, broken: { try self.report($0, of: entry) })
        try report(outcome, of: entry)
    }

    /// Reads the messages of an entry one by one, whether it is an array of them or an object with `messages`.
    func readMessages(
        of entry: ArchiveEntry, _ body: (inout JSONReader, Int) throws -> Void,
        broken: (JSONArrayOutcome.BrokenElement) throws -> Void
    ) throws -> JSONArrayOutcome {
        guard headers[entry.index] != nil else { return try JSONArrayFile().read(entry, body, broken: broken) }
        return try JSONObjectFile().read(
            entry,
            { reader, part in
                if case .element("messages", let index) = part { try body(&reader, index) }
            }, broken: broken)
    }

    func report(_ broken: JSONArrayOutcome.BrokenElement, of entry: ArchiveEntry) throws {
        try log.report(
            ImportFinding(
                .error, .recordInvalid, entry: entry.name, position: broken.index,
                message: "The element cannot be read and is not imported: \(broken.error)"))
    }

    func report(_ outcome: JSONArrayOutcome, of entry: ArchiveEntry) throws {
        if outcome.fault == .wrongKind(.null) {
            try log.report(
                ImportFinding(
                    .info, .entryIgnored, entry: entry.name, message: "The entry is null; it lists nothing."))
        } else if let fault = outcome.fault {
            try log.report(
                ImportFinding(
                    .error, .entryUnreadable, entry: entry.name, position: outcome.elements, message: fault.message))
        } else if outcome.isEmptyFile {
            try log.report(
                ImportFinding(.warning, .entryUnreadable, entry: entry.name, message: "The entry is empty."))
        }
        if outcome.repairedText {
            try log.report(
                ImportFinding(
                    .warning, .valueReplaced, entry: entry.name,
                    message: "Characters that no text can hold were replaced or removed."))
        }
    }
}

extension ImportFileFailure {
    /// The failure of an archive that holds something else.
    static func unrecognized(_ firstNames: [String]) -> ImportFileFailure {
        ImportFileFailure(
            .unrecognized,
            message: "The archive has no lists of rooms or users and no messages in the form of Slack, so it is not an "
                + "export of Slack. It begins with: \(firstNames.joined(separator: ", ")). Check that the right file "
                + "and the right importer were chosen.")
    }
}
