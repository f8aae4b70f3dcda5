internal import ImporterKit

/// What a table of rooms says about who can read a room.
///
/// Words are compared without letter case, spaces, `_` and `-`. A word that nobody knows must not make a room public.
/// Source: docs/importers/csv.md, "Kinds of rooms".
enum RoomKindWord: Equatable {
    case open
    case closed
    case direct
    /// Nothing, or a word that is not known; such a room is private.
    case unknown

    private static let openWords: Set = [
        "public", "c", "channel", "publicchannel", "publicroom", "open", "öffentlich", "oeffentlich", "público",
        "publico", "pública", "publica", "publique", "pubblico", "pubblica",
    ]
    private static let closedWords: Set = [
        "private", "p", "g", "group", "privategroup", "privatechannel", "privateroom", "closed", "hidden", "secret",
        "privat", "privé", "prive", "privée", "privee", "privado", "privada", "privato", "privata", "geschlossen",
    ]
    private static let directWords: Set = [
        "direct", "d", "dm", "dms", "im", "mpim", "directmessage", "directmessages", "directroom", "directchannel",
        "groupdm", "groupdirectmessage", "multipartydirectmessage", "direkt", "direktnachricht",
    ]

    /// Reads the word of a cell.
    ///
    /// - Parameters:
    ///   - cell: the cell.
    ///   - title: what the header calls the column, as titles are compared; nil without a header.
    init(_ cell: String, title: String?) {
        let word = HeaderRow.name(cell)
        if Self.closedWords.contains(word) {
            self = .closed
        } else if Self.directWords.contains(word) {
            self = .direct
        } else if Self.openWords.contains(word) {
            self = .open
        } else if let title, let flag = FlagWord.value(of: word), let saysPublic = Self.flagTitles[title] {
            self = saysPublic == flag ? .open : .closed
        } else {
            self = .unknown
        }
    }

    /// Titles of columns that hold flags, and whether the flag means public.
    private static let flagTitles = [
        "private": false, "isprivate": false, "public": true, "ispublic": true,
    ]
}
