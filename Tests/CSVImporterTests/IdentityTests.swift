import Testing

@testable import CSVImporter

/// The literals were computed independently and must never change.
@Suite("Given the identities of a file's rooms and messages")
struct IdentityTests {
    @Test(
        arguments: [
            ("csv-quay", "mara", 1_514_764_800_000, "Said \"hello\", twice", 0, "csv-xtdu5thizgn4gnsvh2duduqb3a"),
            ("csv-quay", "mara", 1_514_764_800_000, "Said \"hello\", twice", 1, "csv-4iwqzbcv6n24dr75dqyqizz4pw"),
            ("mara/odo", "mara", 1_514_764_860_000, "psst", 0, "csv-rzsvdrawrjg4fricehcm7fksf7"),
            ("csv-größe", "Zoë", -1, "", 0, "csv-ckljaktacxbhqv3dimouzdm3bh"),
        ] as [(String, String, Int64, String, Int, String)])
    func `when a message is named, then by its room, author, time, text and ordinal`(
        room: String, author: String, milliseconds: Int64, text: String, ordinal: Int, id: String
    ) {
        var identity = MessageIdentity()

        let digest = Array(text.utf8).withUnsafeBytes {
            identity.digest(room: room, author: author, milliseconds: milliseconds, text: $0, ordinal: ordinal)
        }

        #expect(digest.id == id)
    }

    @Test(arguments: [
        ("quay", "csv-quay"), ("Quay 7", "csv-quay 7"), ("GRÖSSE", "csv-grösse"),
        ("Gro\u{0308}\u{00DF}e", "csv-gr\u{00F6}\u{00DF}e"), ("a/Zed", "csv-///a~1zed"), ("a~1zed", "csv-a~1zed"),
        ("//", "csv-///~1~1"),
    ])
    func `when a room is named, then by its name in lower case and normal form C`(name: String, id: String) {
        #expect(Array(RoomIdentity.room(named: name).unicodeScalars) == Array(id.unicodeScalars))
    }

    @Test(arguments: [
        ("odo", "mara", "mara/odo"), ("mara", "odo", "mara/odo"), ("odo", "odo", "odo/odo"), ("b", "B", "B/b"),
        // A surrogate sorts before U+FF5E by UTF-16 code units, after it by UTF-8 bytes.
        ("\u{FF5E}", "\u{1F600}", "\u{1F600}/\u{FF5E}"), ("a/b", "c", "a~1b//c"), ("a", "b/c", "a//b~1c"),
        ("a~1b", "c", "a~1b/c"), ("~/", "a", "a//~0~1"), ("csv-a", "zed", "csv-a/zed"),
    ])
    func `when a conversation is named, then by both names in the order of code units`(
        one: String, other: String, id: String
    ) {
        #expect(RoomIdentity.direct(one, other) == id)
    }

    @Test func `when equal rows lie close together, then each has an ordinal of its own`() {
        var rows = RecentRows(capacity: 4)

        let ordinals = [7, 7, 1, 2, 3, 7, 7].map { rows.ordinal(of: $0) }

        #expect(ordinals == [0, 1, 0, 0, 0, 2, 3])
    }

    @Test func `when equal rows lie further apart than the memory reaches, then the second counts as the first`() {
        var rows = RecentRows(capacity: 4)

        let ordinals = ([7] + Array(10..<20) + [7]).map { rows.ordinal(of: $0) }

        #expect(ordinals.last == 0)
    }
}
