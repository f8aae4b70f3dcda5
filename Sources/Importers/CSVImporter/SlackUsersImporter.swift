public import ImportDomain
internal import ImporterKit

/// Reads the member list that Slack's administration page exports.
///
/// Source: docs/importers/slack-users.md.
public struct SlackUsersImporter: Importer {
    /// The description that clients see.
    public let description = ImporterDescription(key: ImporterKey("slack-users"), name: "Slack_Users")

    /// An importer; it keeps nothing between two files.
    public init() {}

    /// Reads a member list.
    public func read(_ file: ImportFile, into output: any ImportOutput) throws {
        try RecordSink.fill(
            output,
            orReportEmpty: "The file lists no members. Export the member list on the administration page of the Slack "
                + "workspace; its first line begins with username,email,status."
        ) { sink in
            try SingleTable.read(file, expected: "a member list in CSV", into: SlackMemberTable(sink: sink))
        }
    }
}
