internal import ExportFiles
public import ImportDomain
internal import ImporterKit

/// Reads a workspace export of Slack: the archive that Slack makes, those of an Enterprise Grid, and those that other
/// tools make in its form.
///
/// Source: docs/importers/slack.md.
public struct SlackImporter: Importer {
    /// An importer; it keeps nothing between two files.
    public init() {}

    /// The description that clients see.
    public var description: ImporterDescription { ImporterDescription(key: ImporterKey("slack"), name: "Slack") }

    /// Reads an archive twice: first who and which rooms there are, then the messages, one at a time.
    ///
    /// - Parameters:
    ///   - file: a zip archive; other containers that hold the same entries are read as well.
    ///   - output: takes users, rooms and messages, and a finding for each element that became none of these.
    /// - Throws: `ImportFileFailure` when the file is not an archive, is damaged or holds no export of Slack, and whatever
    ///   `output` throws.
    public func read(_ file: ImportFile, into output: any ImportOutput) throws {
        try read(file, into: output, allowances: SlackAllowances())
    }

    /// Reads an archive with other limits than the usual ones.
    func read(_ file: ImportFile, into output: any ImportOutput, allowances: SlackAllowances) throws {
        try ImportFileFailure.translating {
            let archive = try SlackDetection.open(file, checkpoint: output.checkCancellation)
            let export = SlackExport(
                archive, directCapacity: file.directRoomCapacity, output, allowances: allowances)
            try SlackArchive(export).read()
        }
    }

    /// Reads the files that other tools put into an export (`__uploads`, `attachments`).
    public func readAttachedFiles(of file: ImportFile, into output: any AttachedFileOutput) throws {
        try ImportFileFailure.translating {
            try ExportArchive(path: file.path, checkpoint: output.checkCancellation).scan { entry in
                guard case .file(let id) = SlackDetection(name: entry.name),
                    try output.begin(id, of: SlackFile.source, entry: entry.name)
                else { return }
                do {
                    try entry.read { try output.write($0) }
                } catch let error as ExportFileError where error.code == .entryUnreadable {
                    return try output.abandon(for: error.message)
                }
                try output.finish()
            }
        }
    }
}
