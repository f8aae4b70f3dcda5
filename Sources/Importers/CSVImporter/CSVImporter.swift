public import ExportFiles
public import ImportDomain
internal import ImporterKit

/// Reads users, rooms and messages from tables in delimited text: an archive of them, or a single one.
///
/// Source: docs/importers/csv.md.
public struct CSVImporter: Importer {
    /// The description that clients see.
    public let description = ImporterDescription(key: ImporterKey("csv"), name: "CSV", namesPeopleByUsername: true)
    private let limits: ExportFileLimits

    /// An importer with limits for files.
    public init(limits: ExportFileLimits = ExportFileLimits()) {
        self.limits = limits
    }

    /// Reads an archive or a single table.
    public func read(_ file: ImportFile, into output: any ImportOutput) throws {
        try RecordSink.fill(
            output,
            orReportEmpty: "The file holds no user, room, contact or message that can be read. An archive has "
                + "users.csv, channels.csv and a folder with CSV files for each room."
        ) { sink in
            if try ExportFileKind.detect(path: file.path, checkpoint: output.checkCancellation).isArchive {
                let archive = try ExportArchive(
                    path: file.path, limits: limits, checkpoint: output.checkCancellation)
                try archive.require(.csvArchive)
                try CSVArchive(
                    archive, limits: limits, sink: sink, directCapacity: file.directRoomCapacity
                ).read()
            } else {
                try SingleTable.read(
                    file, expected: "a CSV file or an archive of CSV files", limits: limits,
                    into: SingleCSVTable(file, sink: sink))
            }
        }
    }
}
