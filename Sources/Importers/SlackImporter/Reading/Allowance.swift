/// How many bytes of memory one kind of thing may take; what goes beyond is counted and not kept.
///
/// The byte counts are estimates that include what a collection needs for an element.
final class Allowance {
    private var bytesLeft: Int
    /// How many things were refused.
    private(set) var refusedCount = 0

    init(bytes: Int) { bytesLeft = bytes }

    /// Counts a thing that is not kept for another reason than its memory.
    func refuse() { refusedCount += 1 }

    /// Takes memory for one thing.
    ///
    /// - Returns: false when not enough is left; the caller then does not keep the thing.
    func take(_ bytes: Int) -> Bool {
        guard bytes <= bytesLeft else {
            refusedCount += 1
            return false
        }
        bytesLeft -= bytes
        return true
    }
}

/// The memory that reading one export may take, by what is remembered. Messages are never remembered.
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
    /// People whom no file describes.
    var placeholders = Allowance(bytes: 128 << 20)
    /// The names of entries that hold files.
    var files = Allowance(bytes: 128 << 20)
    /// Pinned messages.
    var pins = Allowance(bytes: 32 << 20)
}
