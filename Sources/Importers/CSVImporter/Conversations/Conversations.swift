internal import ImportDomain
internal import ImporterKit

/// What is remembered of a file's people and rooms while its messages pass by.
///
/// Only this grows with a file, and each part of it has a limit.
final class Conversations {
    /// What is known of a room that has messages and no row in `channels.csv`.
    struct UnlistedRoom {
        /// The name, in the spelling that sorts first if there are several.
        private(set) var name: String
        /// The numbers of everybody who wrote.
        private(set) var members: Set<UInt32> = []
        /// How many messages it has.
        private(set) var messageCount = 0
        private var firstMilliseconds = Int64.max
        /// The import id of the first author; of several at one time, the one that sorts first.
        private(set) var firstAuthorID = ""

        init(name: String) {
            self.name = name
        }

        /// Takes note of another spelling of its name.
        mutating func note(name other: String) {
            if other.precedesByBytes(name) { name = other }
        }

        /// Takes note of a message.
        ///
        /// - Returns: whether its author is new to the room.
        mutating func note(author: CSVPeople.Person, milliseconds: Int64) -> Bool {
            messageCount += 1
            let isEarlier =
                milliseconds < firstMilliseconds
                || (milliseconds == firstMilliseconds
                    && author.importID.precedesByBytes(firstAuthorID))
            if isEarlier {
                firstMilliseconds = milliseconds
                firstAuthorID = author.importID
            }
            return members.insert(author.number).inserted
        }
    }

    var people = CSVPeople()
    /// Equal rows of the file that is being read.
    var recentRows = RecentRows()
    private var listedRooms = NameTable()
    private var unlistedRooms: [String: UnlistedRoom] = [:]
    private var membershipCount = 0
    /// Pairs of people's numbers, the lower one in the upper half.
    private var directRooms: Set<UInt64> = []

    /// How many rooms and conversations a file may have.
    private let maximumRooms: Int
    /// How many authors all rooms without a row in `channels.csv` may have together.
    private let maximumMemberships: Int
    /// How many bytes the names of all rooms together may have.
    private let maximumNameBytes: Int
    private var unlistedNameBytes = 0

    init(
        maximumRooms: Int = 4_000_000, maximumMemberships: Int = 4_000_000, maximumNameBytes: Int = 256 << 20
    ) {
        self.maximumNameBytes = maximumNameBytes
        self.maximumRooms = maximumRooms
        self.maximumMemberships = maximumMemberships
    }

    /// Takes note of a room of `channels.csv`.
    ///
    /// - Returns: false for one that was listed before.
    func list(room id: String) throws -> Bool {
        let isNew = listedRooms.insert(id).isNew
        try checkRoomCount()
        return isNew
    }

    /// Whether a room stands in `channels.csv`.
    func isListed(room id: String) -> Bool { listedRooms.number(of: id) != nil }

    /// Takes note of a message in a room that is not listed.
    func note(messageIn id: String, named name: String, by author: CSVPeople.Person, at milliseconds: Int64) throws {
        if unlistedRooms[id] == nil {
            unlistedRooms[id] = UnlistedRoom(name: name)
            unlistedNameBytes += id.utf8.count + name.utf8.count
            try checkRoomCount()
        }
        unlistedRooms[id]?.note(name: name)
        if unlistedRooms[id]?.note(author: author, milliseconds: milliseconds) == true { membershipCount += 1 }
        guard membershipCount <= maximumMemberships else {
            throw ImportFileFailure(
                .limitExceeded,
                message: "The rooms that channels.csv does not list have more than \(maximumMemberships) members "
                    + "together. List the rooms there, or split the file into several imports.")
        }
    }

    /// Takes note of the conversation of two people.
    ///
    /// - Returns: whether it is new.
    func note(pair: UInt64) throws -> Bool {
        let isNew = directRooms.insert(pair).inserted
        if isNew { try checkRoomCount() }
        return isNew
    }

    /// The rooms that have messages and no row in `channels.csv`, and why they look as they do.
    func stageUnlistedRooms(into sink: RecordSink) throws {
        for (id, unlisted) in unlistedRooms {
            try sink.output.checkCancellation()
            var room = RoomRecord(
                importIDs: [id], kind: .privateGroup, name: unlisted.name, isIdentifiedByName: true)
            room.memberIDs = unlisted.members.map { people.importID(ofNumber: $0) }
                .sorted { $0.precedesByBytes($1) }
            room.creatorID = unlisted.firstAuthorID
            try sink.stage(.room(room))
            sink.entry = unlisted.name
            try sink.report(
                .warning, .entryUnknownRoom, field: "room", value: unlisted.name, count: 1,
                "The room is not in channels.csv. It becomes a private room; its \(room.memberIDs.count) authors are "
                    + "its members, and the first author is its owner. It has \(unlisted.messageCount) messages.")
            sink.entry = nil
        }
    }

    private func checkRoomCount() throws {
        guard listedRooms.byteCount + unlistedNameBytes <= maximumNameBytes else {
            throw ImportFileFailure(
                .limitExceeded,
                message: "The names of the file's \(listedRooms.count + unlistedRooms.count) rooms have more than "
                    + "\(maximumNameBytes) bytes together. Split it into several imports.")
        }
        guard listedRooms.count + unlistedRooms.count + directRooms.count <= maximumRooms else {
            throw ImportFileFailure(
                .limitExceeded,
                message:
                    "The file has more than \(maximumRooms) rooms and conversations. Split it into several imports.")
        }
    }
}
