internal import Foundation
internal import ImportDomain

/// The lasting identities of rooms, which their files name and do not number.
///
/// Source: docs/importers/csv.md, "Rooms".
enum RoomIdentity {
    /// The identity of a room by its folder or its row in `channels.csv`.
    static func room(named name: String) -> String {
        let name = name.lowercased().precomposedStringWithCanonicalMapping
        return name.utf8.contains(UInt8(ascii: "/")) ? "csv-///" + escaped(name) : "csv-" + name
    }

    /// The identity of the conversation of two people, or of one with themselves.
    static func direct(_ one: String, _ other: String) -> String {
        let (first, second) = sorted(one, other)
        // Identities with one slash, with two and with three have nothing in common.
        let hasSlash = first.utf8.contains(UInt8(ascii: "/")) || second.utf8.contains(UInt8(ascii: "/"))
        return hasSlash ? "\(escaped(first))//\(escaped(second))" : "\(first)/\(second)"
    }

    /// A name without slashes: `~1` stands for `/` and `~0` for `~`, as in JSON Pointer.
    private static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    /// Two names in the order of their UTF-16 code units, as upstream sorts them.
    static func sorted(_ one: String, _ other: String) -> (String, String) {
        other.utf16.lexicographicallyPrecedes(one.utf16) ? (other, one) : (one, other)
    }
}
