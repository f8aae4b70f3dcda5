internal import ExportFiles
internal import ImportDomain
internal import JSON

extension ArchiveReading {
    func read(_ entry: ArchiveEntry, _ body: (inout JSONReader, Int) throws -> Void) throws {
        let outcome = try JSONArrayFile().read(entry) { reader, index in
            do {
                try body(&reader, index)
            } catch let error as JSONError {
                try self.log.report(
                    ImportFinding(
                        .error, .recordInvalid, entry: entry.name, position: index,
                        message: "The element cannot be read: \(error)"))
            }
        }
        if let error = outcome.error {
            try log.report(
                ImportFinding(.error, .entryUnreadable, entry: entry.name, position: outcome.elements, message: "\(error)"))
        }
    }
}

extension ImportFileFailure {
    static func unrecognized(_ firstNames: [String]) -> ImportFileFailure {
        ImportFileFailure(
            .unrecognized,
            message: "The archive has neither lists of rooms or users nor folders of messages, so it is no export of "
                + "Slack. It begins with: \(firstNames.joined(separator: ", ")).")
    }
    init(_ error: ExportFileError) { self = ImportFileFailure(.damaged, message: error.code) }
}
