internal import ImportDomain
internal import ImporterKit
internal import JSON

/// The people of a file by their usernames: those of `users.csv` and those who only wrote.
struct CSVPeople {
    /// A person that a file names.
    struct Person {
        /// Their import id: the username as `users.csv` spells it or, for people who are not in it, as the cell does.
        let importID: String
        /// A number that nobody else has, so that pairs and sets of people take little room.
        let number: UInt32
        /// Whether they are not in `users.csv` and are met for the first time.
        let isNewStranger: Bool
    }

    /// How many people who are not in `users.csv` a file may name.
    private let maximumStrangers: Int
    /// How many people `users.csv` may list in a file that also has rooms or messages.
    private let maximumUsers: Int
    /// How many bytes the names of all people together may have.
    private let maximumNameBytes: Int
    /// The usernames of `users.csv`, folded.
    private var users = NameTable()
    /// How `users.csv` spells them.
    private var spellings: [String] = []
    /// Everybody else, as written.
    private var strangers = NameTable()
    /// The length of the longest username in bytes, folded or not.
    private(set) var longestUsername = 0

    /// The bit that tells strangers' numbers from users'.
    private static let strangerBit: UInt32 = 1 << 31

    init(
        maximumUsers: Int = 10_000_000, maximumStrangers: Int = 1_000_000, maximumNameBytes: Int = 256 << 20
    ) {
        self.maximumNameBytes = maximumNameBytes
        self.maximumUsers = maximumUsers
        self.maximumStrangers = maximumStrangers
    }

    /// Takes in a user of `users.csv`; of spellings that differ in letter case only, the first one counts.
    ///
    /// - Throws: `ImportFileFailure` with `limitExceeded`.
    mutating func add(username: String) throws {
        var username = username
        let isNew = username.withUTF8 { bytes in
            SourceName.withFolded(UnsafeRawBufferPointer(bytes)) { folded in
                longestUsername = max(longestUsername, folded.count, bytes.count)
                return users.insert(folded).isNew
            }
        }
        if isNew { spellings.append(username) }
        try checkNameBytes()
        guard users.count <= maximumUsers else {
            throw ImportFileFailure(
                .limitExceeded,
                message: "The users file lists more than \(maximumUsers) people. Split it into several imports.",
                entry: "users.csv")
        }
    }

    /// The spelling in `users.csv` of a name, letter case aside.
    func user(named name: UnsafeRawBufferPointer) -> String? {
        SourceName.withFolded(name) { users.number(of: $0) }.map { spellings[$0] }
    }

    /// The import id of a name that is not an author's: as in `users.csv`, otherwise as written.
    func importID(of name: String) -> String {
        var name = name
        return name.withUTF8 { user(named: UnsafeRawBufferPointer($0)) } ?? name
    }

    /// The person that a cell names, or nil for an empty cell.
    ///
    /// - Throws: `ImportFileFailure` with `limitExceeded`.
    mutating func person(_ cell: UnsafeRawBufferPointer) throws -> Person? {
        let name = UnsafeRawBufferPointer(trimming: cell)
        if name.isEmpty { return nil }
        if let number = SourceName.withFolded(name, { users.number(of: $0) }) {
            return Person(importID: spellings[number], number: UInt32(number), isNewStranger: false)
        }
        return try stranger(name)
    }

    private mutating func stranger(_ name: UnsafeRawBufferPointer) throws -> Person? {
        let text = SourceName.text(name)
        if text.isEmpty { return nil }
        let (number, isNew) = strangers.insert(text)
        try checkNameBytes()
        guard strangers.count <= maximumStrangers else {
            throw ImportFileFailure(
                .limitExceeded,
                message: "The file names more than \(maximumStrangers) authors who are not in users.csv. Add them "
                    + "there, or split the file into several imports.")
        }
        return Person(importID: text, number: UInt32(number) | Self.strangerBit, isNewStranger: isNew)
    }

    private func checkNameBytes() throws {
        guard users.byteCount + strangers.byteCount <= maximumNameBytes else {
            throw ImportFileFailure(
                .limitExceeded,
                message: "The names of the file's \(users.count + strangers.count) people have more than "
                    + "\(maximumNameBytes) bytes together. Split it into several imports.")
        }
    }

    /// The import id of a person by their number.
    func importID(ofNumber number: UInt32) -> String {
        number & Self.strangerBit == 0
            ? spellings[Int(number)] : strangers[Int(number & ~Self.strangerBit)]
    }
}
