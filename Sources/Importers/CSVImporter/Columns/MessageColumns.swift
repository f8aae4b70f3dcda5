internal import ExportFiles
internal import ImporterKit

/// Column positions in a table of messages.
///
/// Source: docs/importers/csv.md, "Messages".
struct MessageColumns: ColumnPositions {
    var author: Int
    var receiver: Int?
    var time: Int
    var text: Int
    var room: Int?
    /// How many columns the table has.
    var count: Int
    /// Titles of columns that are not imported.
    var ignoredTitles: [String] = []

    /// How many fields a row must have.
    var minimumCount: Int { max(author, receiver ?? 0, time, text, room ?? 0) + 1 }

    /// Without a header, in a room's folder: author, time and text.
    static let roomPositions = MessageColumns(author: 0, receiver: nil, time: 1, text: 2, count: 3)
    /// Without a header, in the folder of direct messages: author, receiver, time and text.
    static let directPositions = MessageColumns(author: 0, receiver: 1, time: 2, text: 3, count: 4)

    private init(author: Int, receiver: Int?, time: Int, text: Int, count: Int) {
        (self.author, self.receiver, self.time, self.text, self.count) = (author, receiver, time, text, count)
    }

    /// The columns of a header, or nil for a row that is not a header: one without author, time and text.
    init?(_ header: HeaderRow) {
        guard let author = header.index(of: ExportFormat.authorTitles),
            let time = header.index(of: ExportFormat.timeTitles),
            let text = header.index(of: ExportFormat.textTitles)
        else { return nil }
        (self.author, self.time, self.text) = (author, time, text)
        receiver = header.index(of: "to", "receiver", "recipient")
        room = header.index(of: "room", "channel")
        count = header.count
        let used = [author, time, text, receiver, room].compactMap { $0 }
        ignoredTitles = header.titles(besides: Set(used))
    }
}
