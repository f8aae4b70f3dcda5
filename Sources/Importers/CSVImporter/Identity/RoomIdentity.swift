internal import Foundation
internal import ImportDomain

/// The lasting identities of rooms, which their files name and do not number.
///
/// Source: docs/importers/csv.md, "Rooms".
enum RoomIdentity {
    /// The identity of a room by its folder or its row in `channels.csv`.
    static func room(named name: String) -> String {
        "csv-" + name.lowercased().precomposedStringWithCanonicalMapping
    }

    /// The identity of the conversation of two people, or of one with themselves.
    static func direct(_ one: String, _ other: String) -> String {
        let (first, second) = sorted(one, other)
        return "\(first)/\(second)"
    }

    /// Two names in the order of their UTF-16 code units, as upstream sorts them.
    static func sorted(_ one: String, _ other: String) -> (String, String) {
        other.utf16.lexicographicallyPrecedes(one.utf16) ? (other, one) : (one, other)
    }
}
