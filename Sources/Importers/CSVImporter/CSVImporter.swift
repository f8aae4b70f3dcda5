internal import ExportFiles
public import ImportDomain
internal import ImporterKit

/// Reads users, rooms and messages from tables in delimited text: an archive of them, or a single one.
///
/// Source: docs/importers/csv.md.
public struct CSVImporter: Importer {
    /// The description that clients see.
    public let description = ImporterDescription(key: ImporterKey("csv"), name: "CSV", namesPeopleByUsername: true)

    /// An importer; it keeps nothing between two files.
    public init() {}

    /// Reads an archive or a single table.
    public func read(_ file: ImportFile, into output: any ImportOutput) throws {
        try RecordSink.fill(
            output,
            orReportEmpty: "The file holds no user, room, contact or message that can be read. An archive has "
                + "users.csv, channels.csv and a folder with CSV files for each room."
        ) { sink in
            if try ExportFileKind.detect(path: file.path, checkpoint: output.checkCancellation).isArchive {
                let archive = try ExportArchive(path: file.path, checkpoint: output.checkCancellation)
                try archive.require(.csvArchive)
                try CSVArchive(archive, sink: sink, directCapacity: file.directRoomCapacity).read()
            } else {
                try SingleTable.read(
                    file, expected: "a CSV file or an archive of CSV files", into: SingleCSVTable(file, sink: sink))
            }
        }
    }
}
