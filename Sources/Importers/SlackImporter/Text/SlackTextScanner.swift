internal import ImportDomain
internal import ImporterKit

/// Turns Slack's markup into Rocket.Chat's Markdown, in one pass from left to right over the bytes.
///
/// Tokens and entities are resolved inside code as well, because Slack escapes them there, too. Every entity is decoded
/// once, and only in literal text. Source: docs/importers/slack.md, "Text".
struct SlackTextScanner {
    /// How people and rooms are written.
    enum Naming {
        /// By their import ids, which the engine turns into names; they are listed with the text.
        case importIDs
        /// By their names in Slack, for texts that nobody rewrites later.
        case names
        /// By their names, and links by their labels, for texts that clients show as they stand.
        case plain
    }

    let users: UserTable
    let rooms: RoomTable
    /// The id of the room whose members read the texts; they alone read its name if it is private.
    var room: String?
    /// Import ids of the people mentioned; `all` and `here` stand for everybody.
    private var people = MentionList()
    private var mentionedRooms = MentionList()
    /// How many mentions were written as plain names, because a message has no room for more.
    private(set) var plainMentions = 0
    /// How many bytes of texts were left out, because the texts grew beyond their limit.
    private(set) var bytesLeftOut = 0
    /// The address of the first link of the last text.
    private(set) var firstAddress: String?
    /// How many bytes were looked at, which grows with the texts alone.
    private(set) var steps = 0

    var naming = Naming.importIDs
    var output: [UInt8] = []
    /// Whether the text at hand is within a fenced block.
    var isInFence = false
    /// Up to where the text at hand is known to be code within one line; nil outside such code.
    var codeStart: Int?

    /// Import ids of the people mentioned, each once.
    var mentionIDs: [String] { people.ids }
    /// Import ids of the rooms mentioned, each once.
    var roomMentionIDs: [String] { mentionedRooms.ids }

    init(users: UserTable, rooms: RoomTable) {
        self.users = users
        self.rooms = rooms
    }

    /// Converts a text; people and rooms that it mentions are added to the lists.
    ///
    /// - Parameter limit: how many bytes the result may have; what is beyond is left out and counted. Short ids can
    ///   stand for long names, so the result is bounded, not the source. Nil for the limit of a message's text.
    mutating func convert(_ source: String, naming: Naming = .importIDs, limit: Int? = nil) -> String {
        let limit = limit ?? RecordLimits.messageBytes(stagedBytes: source.utf8.count)
        var source = source
        return source.withUTF8 { content -> String? in
            let bytes = UnsafeRawBufferPointer(content)
            firstAddress = nil
            let first = bytes.endOfLiteral(from: 0, to: bytes.count)
            steps += first
            if first == bytes.count, first <= limit { return nil }
            self.naming = naming
            begin(min(bytes.count, limit))
            scan(bytes, 0, bytes.count, limit)
            return String(decoding: output, as: UTF8.self)
        } ?? source
    }

    /// Forgets whom the texts so far mentioned.
    mutating func forgetMentions() {
        people.removeAll()
        mentionedRooms.removeAll()
        plainMentions = 0
        bytesLeftOut = 0
    }

    /// Notes a person who is mentioned.
    ///
    /// - Returns: false when the name has to be written, because the text is not rewritten later or has too many
    ///   mentions.
    mutating func mention(_ id: String) -> Bool {
        guard naming == .importIDs else { return false }
        if people.insert(id) { return true }
        plainMentions += 1
        return false
    }

    /// Notes a room that is mentioned.
    ///
    /// - Returns: false when the name has to be written.
    mutating func mentionRoom(_ id: String) -> Bool {
        guard naming == .importIDs else { return false }
        if mentionedRooms.insert(id) { return true }
        plainMentions += 1
        return false
    }

    /// Notes where a link of a plain text leads.
    mutating func note(address bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        guard naming == .plain, firstAddress == nil else { return }
        var address: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let (byte, length) =
                bytes[index] == UInt8(ascii: "&") ? bytes.entity(at: index, to: range.upperBound) : (bytes[index], 1)
            if byte != 0 { address.append(byte) }
            index += length
        }
        firstAddress = String(decoding: address, as: UTF8.self)
    }

    /// Counts bytes that were looked at.
    mutating func count(_ bytes: Int) { steps &+= bytes }

    private mutating func begin(_ expectedBytes: Int) {
        output.removeAll(keepingCapacity: output.capacity < 1 << 16)
        output.reserveCapacity(expectedBytes + 32)
        isInFence = false
        codeStart = nil
    }

    private mutating func scan(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ limit: Int) {
        var index = start
        var hasMoreFences = true
        // A text of "<" alone would otherwise be searched to its end again and again.
        var nextTokenEnd = -1
        while index < end {
            if output.count > limit { return cut(to: limit, rest: end - index) }
            let literalEnd = bytes.endOfLiteral(from: index, to: end)
            steps &+= literalEnd - index + 1
            if literalEnd > index {
                output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[index..<literalEnd]))
                index = literalEnd
                if index == end { break }
            }
            switch bytes[index] {
            case UInt8(ascii: "<"):
                if nextTokenEnd <= index {
                    nextTokenEnd = bytes.endOfToken(from: index + 1, to: end)
                    steps &+= nextTokenEnd - index
                }
                if nextTokenEnd < end, bytes[nextTokenEnd] == UInt8(ascii: ">"),
                    appendToken(bytes, index + 1, nextTokenEnd, isCode: isInFence || isInCode(bytes, index))
                {
                    index = nextTokenEnd + 1
                } else {
                    output.append(UInt8(ascii: "<"))
                    index += 1
                }
            case UInt8(ascii: "&"): index = appendEntity(bytes, index, end)
            case UInt8(ascii: ":"): index = appendEmoji(bytes, index, end)
            case UInt8(ascii: "`"): index = appendBackquotes(bytes, index, end, &hasMoreFences)
            default: index += 1  // NUL, which databases refuse
            }
        }
        if output.count > limit { cut(to: limit, rest: 0) }
    }

    /// Shortens the output to whole characters within a limit.
    private mutating func cut(to limit: Int, rest: Int) {
        var length = limit
        while length > 0, output[length] & 0xC0 == 0x80 { length -= 1 }
        bytesLeftOut += output.count - length + rest
        output.removeLast(output.count - length)
    }

    /// Appends a label or an address as it is meant, with its entities decoded.
    mutating func appendLiteral(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        var index = start
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: "&") {
                index = appendEntity(bytes, index, end)
            } else {
                if byte != 0 { output.append(byte) }
                index += 1
            }
        }
    }

    /// Decodes one of the three entities that Slack writes; anything else stays.
    mutating func appendEntity(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ end: Int) -> Int {
        let (byte, length) = bytes.entity(at: index, to: end)
        output.append(byte)
        return index + length
    }
}

extension UnsafeRawBufferPointer {
    /// The first byte from `index` on that means something in Slack's markup.
    @inline(__always)
    func endOfLiteral(from index: Int, to end: Int) -> Int {
        var index = index
        while index < end {
            switch self[index] {
            case UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: ":"), UInt8(ascii: "`"), 0: return index
            default: index += 1
            }
        }
        return index
    }

    /// The byte that ends or breaks a token: `>`, `<`, a line's end, or the end of the text.
    @inline(__always)
    func endOfToken(from index: Int, to end: Int) -> Int {
        var index = index
        while index < end {
            switch self[index] {
            case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "\n"): return index
            default: index += 1
            }
        }
        return index
    }

    /// What the entity at `index` stands for, and its length; an ampersand stands for itself.
    @inline(__always)
    func entity(at index: Int, to end: Int) -> (byte: UInt8, length: Int) {
        if end - index >= 4, self[index + 2] == UInt8(ascii: "t"), self[index + 3] == UInt8(ascii: ";") {
            if self[index + 1] == UInt8(ascii: "l") { return (UInt8(ascii: "<"), 4) }
            if self[index + 1] == UInt8(ascii: "g") { return (UInt8(ascii: ">"), 4) }
        }
        if end - index >= 5, self[index + 1] == UInt8(ascii: "a"), self[index + 2] == UInt8(ascii: "m"),
            self[index + 3] == UInt8(ascii: "p"), self[index + 4] == UInt8(ascii: ";")
        {
            return (UInt8(ascii: "&"), 5)
        }
        return (UInt8(ascii: "&"), 1)
    }

    /// Where `byte` stands first, or nil.
    @inline(__always)
    func place(of byte: UInt8, from start: Int, to end: Int) -> Int? {
        var index = start
        while index < end {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The part as a text.
    func text(_ start: Int, _ end: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: self[start..<end]), as: UTF8.self)
    }
}
