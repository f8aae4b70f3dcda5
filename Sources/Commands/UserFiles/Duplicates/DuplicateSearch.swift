internal import ImportDomain

/// A user with a username, address or import id that an earlier user of the file has.
struct DuplicateUser {
    /// What both have.
    enum Key: UInt64, CaseIterable {
        case username = 0
        case email = 1
        case importID = 2

        /// The name of the field.
        var field: String {
            switch self {
            case .username: "username"
            case .email: "email"
            case .importID: "importid"
            }
        }
    }

    let ordinal: Int
    let line: Int
    let key: Key
    /// The index of the value among those of the user.
    let index: Int
    let firstLine: Int

    /// The value, from the user itself.
    func value(in draft: UserDraft) -> String? {
        switch key {
        case .username: draft.record.username
        case .email: index < draft.record.emails.count ? draft.record.emails[index] : nil
        case .importID: index < draft.record.importIDs.count ? draft.record.importIDs[index] : nil
        }
    }
}

/// Finds users of a file with the same username, address or import id.
///
/// Each value becomes a hash of 128 bits, half of it keyed by a secret of the process; the hashes are sorted, on disk if
/// they are many. So memory is bounded however large the file is, and no two different values are taken for the same.
/// Source: docs/decisions/0033-user-files.md.
struct DuplicateSearch {
    private let directory: String
    private let capacity: Int
    private var hashes: EntrySorter

    init(directory: String, capacity: Int = EntrySorter.defaultCapacity) {
        self.directory = directory
        self.capacity = capacity
        hashes = EntrySorter(directory: directory, capacity: capacity)
    }

    /// Adds a user.
    mutating func add(_ draft: UserDraft, ordinal: Int) throws {
        if let username = draft.record.username {
            try add(CaseFolding.key(username), .username, ordinal, draft.line, 0)
        }
        for (index, email) in draft.record.emails.enumerated() {
            try add(CaseFolding.key(email), .email, ordinal, draft.line, index)
        }
        for (index, id) in draft.record.importIDs.enumerated() { try add(id, .importID, ordinal, draft.line, index) }
    }

    /// Bits of a number that hold the index of a value; `RecordLimits` allows 1,000 values.
    fileprivate static let indexBits: UInt64 = 10

    private mutating func add(
        _ value: String, _ key: DuplicateUser.Key, _ ordinal: Int, _ line: Int, _ index: Int
    ) throws {
        var value = value
        let (first, second) = value.withUTF8 { bytes in
            var hasher = Hasher()
            hasher.combine(key.rawValue)
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            var other: UInt64 = 0xCBF2_9CE4_8422_2325 ^ key.rawValue
            for byte in bytes { other = (other ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return (UInt64(bitPattern: Int64(hasher.finalize())), other)
        }
        try hashes.add(
            SortEntry(
                first: first, second: second, third: UInt64(ordinal) << 2 | key.rawValue,
                fourth: UInt64(line) << Self.indexBits | UInt64(index)))
    }

    /// Compares all users.
    mutating func finish() throws -> DuplicateUsers {
        let sorted = try hashes.finish()
        var cursor = sorted.cursor()
        var found = EntrySorter(directory: directory, capacity: capacity)
        guard var original = try cursor.next() else { return DuplicateUsers(entries: .none, count: 0) }
        while let entry = try cursor.next() {
            guard entry.first == original.first, entry.second == original.second else {
                original = entry
                continue
            }
            // A user may list the same value twice.
            guard entry.third >> 2 != original.third >> 2 else { continue }
            try found.add(
                SortEntry(first: entry.third, second: entry.fourth, third: original.fourth >> Self.indexBits, fourth: 0)
            )
        }
        let entries = try found.finish()
        var count = 0
        var last: Int?
        var list = DuplicateUsers(entries: entries, count: 0).list()
        while let user = try list.next() {
            if user.ordinal != last { count += 1 }
            last = user.ordinal
        }
        return DuplicateUsers(entries: entries, count: count)
    }
}

/// The users of a file that have something of an earlier one, in the order of the file.
struct DuplicateUsers: Sendable {
    fileprivate let entries: SortedEntries
    /// How many users there are.
    let count: Int

    /// A reading from the start; a user is there once for each value.
    func list() -> List { List(cursor: entries.cursor()) }

    /// One reading.
    struct List {
        fileprivate var cursor: EntryCursor

        /// The next user; nil at the end.
        mutating func next() throws -> DuplicateUser? {
            guard let entry = try cursor.next() else { return nil }
            return DuplicateUser(
                ordinal: Int(entry.first >> 2), line: Int(entry.second >> DuplicateSearch.indexBits),
                key: DuplicateUser.Key(rawValue: entry.first & 3) ?? .username,
                index: Int(entry.second & (1 << DuplicateSearch.indexBits - 1)), firstLine: Int(entry.third))
        }
    }
}
