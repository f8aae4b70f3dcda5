internal import ExportFiles
internal import ImporterKit

/// Column positions in a table of rooms.
///
/// Source: docs/importers/csv.md, "Rooms".
struct RoomColumns: ColumnPositions {
    var name: Int
    var creator: Int?
    var kind: Int?
    var members: Int?
    var topic: Int?
    var description: Int?
    /// How many columns the table has.
    var count: Int
    /// How many fields a row must have; with fewer than three nobody knows whether the room is private.
    var minimumCount = 3
    /// What the header calls the column of the kind, as titles are compared; nil without a header.
    var kindTitle: String?
    /// Whether the file names its columns.
    var hasHeader = false
    /// Titles of columns that are not imported.
    var ignoredTitles: [String] = []

    /// Without a header: name, creator, kind and members.
    static let positions = RoomColumns()

    private init() {
        (name, creator, kind, members, count) = (0, 1, 2, 3, 4)
    }

    /// The columns of a header, or nil for a row that is not a header: one that names fewer than two of them.
    init?(_ header: HeaderRow) {
        guard let name = header.index(of: "name", "channel", "room") else { return nil }
        self.name = name
        creator = header.index(of: "creator", "owner", "creatorusername")
        kind = header.index(of: "private", "isprivate", "type", "kind", "visibility", "public", "ispublic")
        members = header.index(of: "members", "users")
        topic = header.index(of: "topic")
        description = header.index(of: "description", "purpose")
        let others = [creator, kind, members, topic, description].compactMap { $0 }
        guard !others.isEmpty else { return nil }
        count = header.count
        hasHeader = true
        kindTitle = kind.map { HeaderRow.name(header.titles[$0]) }
        minimumCount = max(name, kind ?? 0) + 1
        ignoredTitles = header.titles(besides: Set(others + [name]))
    }
}
