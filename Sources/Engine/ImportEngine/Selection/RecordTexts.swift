import Glibc
import ImportDomain
import JSON

/// Reads and writes the index of a batch: a byte of properties and five texts a record.
///
/// The texts are the first import id as staged; then, folded: names, the username, the first address, and the other
/// addresses. Folding makes the third the key of the address. Staged text never has NUL, which ends each of them.
struct RecordTexts {
    private static let textsPerRecord = 5
    private static let addressPosition = 3

    // MARK: Writing

    /// The index of the records of a batch.
    static func index(of records: [StagedRecord], type: RecordType) -> BatchIndex {
        var index = BatchIndex()
        index.flags.reserveCapacity(records.count)
        index.texts.reserveCapacity(records.count * 80)
        for record in records {
            let content = ListedRecord.Content(record, of: type)
            let texts = texts(of: content)
            let filters = content.properties
            index.flags.append(filters.reduce(0) { $0 | $1.flag })
            for text in [record.importID] + texts.map(CaseFolding.key) {
                index.texts.append(contentsOf: text.utf8.lazy.filter { $0 != 0 })
                index.texts.append(0)
            }
        }
        return index
    }

    /// Names, the username, the first address, and the other addresses.
    private static func texts(of content: ListedRecord.Content) -> [String] {
        switch content {
        case .user(let user):
            [
                [user.name, user.nickname].compactMap(\.self).joined(separator: "\n"), user.username ?? "",
                user.emails.first ?? "", user.emails.dropFirst().joined(separator: "\n"),
            ]
        case .room(let room): [room.name ?? "", "", "", ""]
        case .contact(let contact):
            [
                contact.name ?? "", "", contact.emails.first ?? "",
                (contact.emails.dropFirst() + contact.phones).joined(separator: "\n"),
            ]
        case .unreadable: ["", "", "", ""]
        }
    }

    /// What a search in failed records finds of one: import ids, and what a search in staged records finds; of a message the
    /// ids of its room and author, and not its text, which may be private.
    static func searchText(of record: StagedRecord, type: RecordType) -> String {
        var parts = [record.importID]
        if type == .message {
            // A document that cannot be read back is found by its import id.
            if let message = try? JSONReader.read(record.document, MessageDocument.read) {
                parts += [message.roomID, message.authorID]
            }
        } else {
            let content = ListedRecord.Content(record, of: type)
            switch content {
            case .user(let user): parts += user.importIDs.dropFirst()
            case .room(let room): parts += room.importIDs.dropFirst()
            case .contact(let contact): parts += contact.importIDs.dropFirst()
            case .unreadable: break
            }
            parts += texts(of: content)
        }
        return parts.filter { !$0.isEmpty }.map { CaseFolding.key($0).filter { $0 != "\0" } }.joined(separator: "\n")
    }

    // MARK: Matching

    /// Whether each record of a batch matches, but for `addressTaken`.
    ///
    /// - Parameter needle: the folded search; empty for every record.
    static func matches(_ match: RecordMatch, needle: [UInt8], in index: BatchIndex) -> [Bool] {
        let (required, excluded) = (RecordFilter.mask(match.filters), RecordFilter.mask(match.exclusions))
        var matches = index.flags.map { $0 & required == required && $0 & excluded == 0 }
        guard !needle.isEmpty else { return matches }
        let found = positions(of: needle, in: index)
        for position in matches.indices where matches[position] { matches[position] = found[position] }
        return matches
    }

    /// Whether each record of a batch has a text with these bytes; the import id does not count.
    private static func positions(of needle: [UInt8], in index: BatchIndex) -> [Bool] {
        var found = [Bool](repeating: false, count: index.flags.count)
        index.texts.withUnsafeBytes { texts in
            guard let base = texts.baseAddress else { return }
            // How many texts ended before `counted`.
            var (start, counted, ended) = (0, 0, 0)
            while let offset = offset(of: needle, in: texts, from: start) {
                while let end = memchr(base + counted, 0, offset - counted) {
                    ended += 1
                    counted = base.distance(to: UnsafeRawPointer(end)) + 1
                }
                guard !ended.isMultiple(of: textsPerRecord), ended / textsPerRecord < found.count else {
                    start = offset + 1
                    continue
                }
                let record = ended / textsPerRecord
                found[record] = true
                // The rest of the record need not be searched.
                while ended < (record + 1) * textsPerRecord,
                    let end = memchr(base + counted, 0, texts.count - counted)
                {
                    ended += 1
                    counted = base.distance(to: UnsafeRawPointer(end)) + 1
                }
                start = counted
            }
        }
        return found
    }

    /// The letters of English and digits, the rarest first; other bytes are rarer.
    private static let frequentBytes = Array("zqxjkvb0123456789pygfwmucldrhsnioate".utf8)

    /// Where the bytes are first found at `start` or later.
    ///
    /// Looks for the rarest of them, because most records have the others.
    private static func offset(of needle: [UInt8], in texts: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let rarest = needle.indices.min { rank(needle[$0]) < rank(needle[$1]) } ?? 0
        guard let base = texts.baseAddress, start + needle.count <= texts.count else { return nil }
        var index = start + rarest
        let end = texts.count - (needle.count - 1 - rarest)
        while index < end, let found = memchr(base + index, Int32(needle[rarest]), end - index) {
            let place = base.distance(to: UnsafeRawPointer(found))
            if memcmp(base + (place - rarest), needle, needle.count) == 0 { return place - rarest }
            index = place + 1
        }
        return nil
    }

    private static func rank(_ byte: UInt8) -> Int { frequentBytes.firstIndex(of: byte) ?? -1 }

    /// The first import id of each record of a batch.
    static func importIDs(in index: BatchIndex) -> [ImportID] { texts(0, in: index).map { ImportID($0) } }

    /// The folded first address of each record of a batch; empty if it has none.
    static func addresses(in index: BatchIndex) -> [String] { texts(addressPosition, in: index) }

    private static func texts(_ wanted: Int, in index: BatchIndex) -> [String] {
        var (texts, position, start) = ([String](), 0, 0)
        texts.reserveCapacity(index.flags.count)
        index.texts.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            while start < bytes.count {
                let found = memchr(base + start, 0, bytes.count - start)
                let end = found.map { base.distance(to: UnsafeRawPointer($0)) } ?? bytes.count
                if position == wanted { texts.append(String(decoding: bytes[start..<end], as: UTF8.self)) }
                (position, start) = ((position + 1) % textsPerRecord, end + 1)
            }
        }
        return texts
    }
}

extension RecordFilter {
    /// The bit of the property in an index; none for what depends on the workspace.
    fileprivate var flag: UInt8 {
        switch self {
        case .deleted, .archived: 1
        case .bot, .private: 2
        case .guest, .direct: 4
        case .addressTaken: 0
        }
    }

    fileprivate static func mask(_ filters: Set<RecordFilter>) -> UInt8 { filters.reduce(0) { $0 | $1.flag } }

    /// Whether a record with these flags has the property, which does not depend on the workspace.
    func holds(_ flags: UInt8) -> Bool { flags & flag != 0 }

}
