internal import ImporterKit

/// The memory that one export may take, by what is kept. Messages are never kept.
///
/// Source: docs/importers/slack.md, "Limits".
struct SlackAllowances {
    /// Descriptions of users: about half a million of usual length.
    var users = Allowance(bytes: 512 << 20)
    /// Ids of people that rooms and messages name.
    var people = Allowance(bytes: 128 << 20)
    /// Descriptions of rooms, those of folders without a description included.
    var rooms = Allowance(bytes: 256 << 20)
    /// Members of rooms, and authors in rooms whose members the export does not list.
    var members = Allowance(bytes: 128 << 20)
    /// People that no file describes.
    var placeholders = Allowance(bytes: 128 << 20)
    /// The names of entries that hold files.
    var files = Allowance(bytes: 128 << 20)
    /// Pinned messages.
    var pins = Allowance(bytes: 32 << 20)
}
