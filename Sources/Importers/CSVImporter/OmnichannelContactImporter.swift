public import ImportDomain
internal import ImporterKit

/// Reads customers of the live chat from one table.
///
/// Source: docs/importers/contacts.md.
public struct OmnichannelContactImporter: Importer {
    /// The description that clients see.
    public let description = ImporterDescription(
        key: ImporterKey("omnichannel_contact"), name: "omnichannel_contacts_importer")

    /// An importer; it keeps nothing between two files.
    public init() {}

    /// Reads a table of contacts.
    public func read(_ file: ImportFile, into output: any ImportOutput) throws {
        try RecordSink.fill(
            output,
            orReportEmpty: "The file has no contact with a name, an e-mail address or a phone number. Its first line "
                + "names the columns: name, emails, phones, manager."
        ) { sink in
            try SingleTable.read(
                file, expected: "a CSV file of contacts", into: ContactTable(sink: sink, isAlone: true))
        }
    }
}
