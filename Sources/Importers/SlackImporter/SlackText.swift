internal import ImportDomain
internal import ImporterKit
internal import JSON

/// Turns Slack's markup into Rocket.Chat's Markdown, in one pass from left to right over the bytes.
///
/// Tokens and entities are resolved inside code as well, because Slack escapes them there, too. Every entity is decoded
/// once, and only in literal text. Source: docs/importers/slack.md, "Text".
struct SlackText {
    /// How people and rooms are written.
    enum Naming {
        /// By their import ids, which the engine turns into names; they are listed with the text.
        case importIDs
        /// By their names in Slack, for texts that nobody rewrites later.
        case names
        /// By their names, and links by their labels, for texts that clients show unchanged.
        case plain
    }

    private let people: SlackPeople
    private let roomIndex: SlackRoomIndex
    /// The id of the room whose members read the texts; they alone read its name if it is private.
    var room: String?
    /// Import ids of the people mentioned; `all` and `here` stand for everybody.
    private var mentionedPeople = MentionList()
    private var mentionedRooms = MentionList()
    /// How many mentions were written as plain names, because a message has no room for more.
    private(set) var plainMentions = 0
    /// How many bytes of texts were left out, because the texts grew beyond their limit.
    private(set) var bytesLeftOut = 0
    /// The address of the first link of the last text.
    private(set) var firstAddress: String?
    /// How many bytes were looked at, which grows with the texts alone.
    private(set) var steps = 0

    private var naming = Naming.importIDs
    private var output: [UInt8] = []
    /// Whether the text at hand is within a fenced block.
    private var isInFence = false
    /// Up to where the text at hand is known to be code within one line; nil outside such code.
    private var codeStart: Int?

    /// Import ids of the people mentioned, each once.
    var mentionIDs: [String] { mentionedPeople.ids }
    /// Import ids of the rooms mentioned, each once.
    var roomMentionIDs: [String] { mentionedRooms.ids }

    init(people: SlackPeople, roomIndex: SlackRoomIndex) {
        self.people = people
        self.roomIndex = roomIndex
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

    /// Removes all mentions of the texts so far.
    mutating func forgetMentions() {
        mentionedPeople.removeAll()
        mentionedRooms.removeAll()
        plainMentions = 0
        bytesLeftOut = 0
    }

    /// Notes a person or room that is mentioned.
    ///
    /// - Returns: false when the name has to be written, because the text is not rewritten later or has too many
    ///   mentions.
    private mutating func mention(_ id: String, in list: WritableKeyPath<SlackText, MentionList>) -> Bool {
        guard naming == .importIDs else { return false }
        if self[keyPath: list].insert(id) { return true }
        plainMentions += 1
        return false
    }

    /// Notes where a link of a plain text leads.
    private mutating func note(address bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
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

    /// A text without markup, with its entities decoded.
    static func decoded(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }

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
    private mutating func appendLiteral(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
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
    private mutating func appendEntity(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ end: Int) -> Int {
        let (byte, length) = bytes.entity(at: index, to: end)
        output.append(byte)
        return index + length
    }

    // Addresses between `<` and `>`.

    /// Schemes whose addresses do something instead of leading somewhere; such a token stays what it was.
    private static let refusedSchemes: Set<String> = ["javascript", "vbscript", "data"]
    /// Schemes whose addresses have no `//`. Of others without it, `<bch:expr>` and `<std::vector>` are code.
    private static let plainSchemes: Set<String> = [
        "mailto", "tel", "sms", "fax", "callto", "skype", "sip", "sips", "xmpp", "facetime", "geo", "magnet", "news",
        "bitcoin", "spotify", "whatsapp",
    ]
    /// Those of them that are taken for addresses in code as well.
    private static let plainSchemesInCode: Set<String> = ["mailto", "tel"]

    private mutating func appendLink(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ label: Range<Int>, isCode: Bool
    ) -> Bool {
        let address = bytes.trimmed(start..<end)
        let label = bytes.trimmed(label)
        guard let colon = bytes.endOfScheme(address.lowerBound, address.upperBound), colon + 1 < address.upperBound
        else { return false }
        let scheme = bytes.text(address.lowerBound, colon).lowercased()
        if Self.refusedSchemes.contains(scheme) { return false }
        let schemes = isCode ? Self.plainSchemesInCode : Self.plainSchemes
        guard schemes.contains(scheme) || bytes.hasAuthority(from: colon + 1, to: address.upperBound) else {
            return false
        }
        let isMail = scheme == "mailto"
        if label.isEmpty || bytes.isLabel(label, sameAs: address, colon: colon) {
            note(address: bytes, address)
            appendLiteral(bytes, isMail ? colon + 1 : address.lowerBound, address.upperBound)
            return true
        }
        if naming == .plain {
            note(address: bytes, address)
            appendLiteral(bytes, label.lowerBound, label.upperBound)
            return true
        }
        // Rocket.Chat takes brackets in a label as they are and knows no escape for them.
        output.append(UInt8(ascii: "["))
        appendLiteral(bytes, label.lowerBound, label.upperBound)
        output.append(contentsOf: "](".utf8)
        appendAddress(bytes, address.lowerBound, address.upperBound)
        output.append(UInt8(ascii: ")"))
        return true
    }

    private mutating func appendAddress(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        var index = start
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: " "): output.append(contentsOf: "%20".utf8)
            case UInt8(ascii: ")"): output.append(contentsOf: "%29".utf8)
            default: appendLiteral(bytes, index, bytes.endOfCharacter(at: index, to: end))
            }
            index = bytes.endOfCharacter(at: index, to: end)
        }
    }

    // Emoji and code, which both systems write nearly alike.

    /// Emoji that Rocket.Chat has under another name.
    private static let renamedEmoji: [String: String] = [
        "simple_smile": "smile", "memo": "pencil", "piggy": "pig", "uk": "gb",
    ]

    /// Appends the emoji at `index`, or only its colon when none is there that needs a change.
    private mutating func appendEmoji(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ end: Int) -> Int {
        guard !isInFence, !isInCode(bytes, index), let close = bytes.endOfEmojiName(from: index + 1, to: end) else {
            output.append(UInt8(ascii: ":"))
            return index + 1
        }
        steps &+= close - index
        let toneEnd = bytes.endOfSkinTone(from: close + 1, to: end)
        if let renamed = close - index < 16 ? Self.renamedEmoji[bytes.text(index + 1, close)] : nil {
            output.append(UInt8(ascii: ":"))
            output.append(contentsOf: renamed.utf8)
            output.append(UInt8(ascii: ":"))
            return toneEnd ?? close + 1
        }
        output.append(UInt8(ascii: ":"))
        guard let toneEnd else { return index + 1 }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[index + 1...close]))
        return toneEnd
    }

    /// Appends the backquotes at `index`; three of them get a line of their own, or Rocket.Chat shows them as they are.
    private mutating func appendBackquotes(
        _ bytes: UnsafeRawBufferPointer, _ index: Int, _ end: Int, _ hasMoreFences: inout Bool
    ) -> Int {
        // Clients show plain texts unchanged: they have no code.
        if naming == .plain {
            output.append(UInt8(ascii: "`"))
            return index + 1
        }
        guard bytes.isFence(at: index, to: end) else {
            if !isInFence { codeStart = isInCode(bytes, index) ? nil : index }
            output.append(UInt8(ascii: "`"))
            return index + 1
        }
        if isInFence {
            isInFence = false
            endLine()
            output.append(contentsOf: "```".utf8)
            if index + 3 < end, bytes[index + 3] != UInt8(ascii: "\n") { output.append(UInt8(ascii: "\n")) }
            return index + 3
        }
        if hasMoreFences {
            let next = bytes.startOfFence(from: index + 3, to: end)
            steps &+= (next ?? end) - index
            hasMoreFences = next != nil
        }
        guard hasMoreFences else {
            output.append(contentsOf: "```".utf8)
            return index + 3
        }
        isInFence = true
        codeStart = nil
        if !output.isEmpty { endLine() }
        output.append(contentsOf: "```".utf8)
        if bytes[index + 3] != UInt8(ascii: "\n") { output.append(UInt8(ascii: "\n")) }
        return index + 3
    }

    /// Whether a backquote before `index` opened code that has not ended; it ends with its line at the latest.
    private mutating func isInCode(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        guard let start = codeStart else { return false }
        steps &+= index - start
        codeStart = bytes.place(of: UInt8(ascii: "\n"), from: start, to: index) == nil ? index : nil
        return codeStart != nil
    }

    private mutating func endLine() {
        if output.last != UInt8(ascii: "\n") { output.append(UInt8(ascii: "\n")) }
    }

    // What stands between `<` and `>`.

    /// Appends what a token stands for.
    ///
    /// - Returns: false if it is not a token; then its `<` is an ordinary character.
    private mutating func appendToken(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, isCode: Bool
    ) -> Bool {
        guard start < end else { return false }
        steps &+= 3 * (end - start)
        let bar = bytes.place(of: UInt8(ascii: "|"), from: start, to: end) ?? end
        let label = min(bar + 1, end)..<end
        switch bytes[start] {
        case UInt8(ascii: "@"):
            guard appendUser(bytes, start + 1, bar, label) else { return false }
            appendGap(bytes, behind: end)
            return true
        case UInt8(ascii: "#"):
            guard appendRoom(bytes, start + 1, bar, label) else { return false }
            appendGap(bytes, behind: end)
            return true
        case UInt8(ascii: "!"): return appendCommand(bytes, start + 1, bar, label, isCode: isCode)
        default: return appendLink(bytes, start, bar, label, isCode: isCode)
        }
    }

    /// Keeps a word that follows a name at once (`<@U1>さん`) from becoming a part of the name.
    private mutating func appendGap(_ bytes: UnsafeRawBufferPointer, behind end: Int) {
        if WordBoundary.continuesWord(bytes, at: end + 1) { output.append(UInt8(ascii: " ")) }
    }

    private mutating func appendUser(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ label: Range<Int>
    ) -> Bool {
        let id = bytes.text(start, end)
        if let person = people.mentionedPerson(id) {
            output.append(UInt8(ascii: "@"))
            let isListed = mention(person.id, in: \.mentionedPeople)
            output.append(contentsOf: (isListed ? person.id : person.username ?? person.id).utf8)
            return true
        }
        guard SlackID.matches(bytes, start, end, startingWith: "UWB") || !label.isEmpty && bytes.isIdentity(start, end)
        else { return false }
        appendName(bytes, label, sign: UInt8(ascii: "@"), otherwise: "unknown-user")
        return true
    }

    private mutating func appendRoom(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ label: Range<Int>
    ) -> Bool {
        let id = bytes.text(start, end)
        guard let room = roomIndex.room(withID: id) else {
            guard
                SlackID.matches(bytes, start, end, startingWith: "CGD")
                    || !label.isEmpty && bytes.isIdentity(start, end)
            else {
                return false
            }
            // Ids of channels may be private ones that the export leaves out; those of groups and conversations are.
            let mayBePublic = naming == .importIDs && !SlackID.matches(bytes, start, end, startingWith: "GD")
            if mayBePublic {
                appendName(bytes, label, sign: UInt8(ascii: "#"), otherwise: "unknown-channel")
            } else {
                appendRoom(named: RoomRecord.neutralName)
            }
            return true
        }
        let isHere = self.room.map { ExactString($0) == ExactString(id) } ?? false
        if isHere, room.name == nil, !label.isEmpty {
            appendName(bytes, label, sign: UInt8(ascii: "#"), otherwise: "unknown-channel")
        } else if mention(id, in: \.mentionedRooms) {
            appendRoom(named: id)
        } else {
            appendRoom(named: (room.kind == .channel || isHere ? room.name : nil) ?? RoomRecord.neutralName)
        }
        return true
    }

    private mutating func appendRoom(named name: String) {
        output.append(UInt8(ascii: "#"))
        output.append(contentsOf: name.utf8)
    }

    /// Appends a label with exactly one sign before it.
    private mutating func appendName(
        _ bytes: UnsafeRawBufferPointer, _ label: Range<Int>, sign: UInt8, otherwise name: StaticString
    ) {
        output.append(sign)
        var label = label
        if let first = label.first, bytes[first] == sign { label = label.dropFirst() }
        if label.isEmpty {
            name.withUTF8Buffer { output.append(contentsOf: $0) }
        } else {
            appendLiteral(bytes, label.lowerBound, label.upperBound)
        }
    }

    /// Appends a word that Slack itself acts on.
    private mutating func appendCommand(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ label: Range<Int>, isCode: Bool
    ) -> Bool {
        guard start < end else { return false }
        let wordEnd = bytes.place(of: UInt8(ascii: "^"), from: start, to: end) ?? end
        switch bytes.text(start, wordEnd) {
        case "channel", "everyone", "group":
            output.append(contentsOf: "@all".utf8)
            _ = mention("all", in: \.mentionedPeople)
        case "here":
            output.append(contentsOf: "@here".utf8)
            _ = mention("here", in: \.mentionedPeople)
        case "subteam": appendName(bytes, label, sign: UInt8(ascii: "@"), otherwise: "group")
        case "date" where label.isEmpty:
            let epoch = bytes.text(min(wordEnd + 1, end), end).prefix { $0 != "^" }
            guard let seconds = SlackTime(String(epoch)) else { return false }
            output.append(contentsOf: seconds.timestamp.internetText.utf8)
        case let word:
            if label.isEmpty {
                // `<!DOCTYPE html>` and `<!-- … -->` are words of other languages.
                guard !isCode, bytes.isLowercaseWord(start, wordEnd) else { return false }
                output.append(contentsOf: word.utf8)
            } else {
                appendLiteral(bytes, label.lowerBound, label.upperBound)
            }
        }
        return true
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

extension UnsafeRawBufferPointer {
    /// The colon behind a scheme, if the part begins with one.
    fileprivate func endOfScheme(_ start: Int, _ end: Int) -> Int? {
        var index = start
        while index < end {
            let byte = self[index]
            if byte == UInt8(ascii: ":") { return index > start ? index : nil }
            let isLetter = byte.isLetter
            let isOther =
                byte.isDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-")
            guard isLetter || index > start && isOther else { return nil }
            index += 1
        }
        return nil
    }

    /// Whether `//` and something else follow.
    fileprivate func hasAuthority(from start: Int, to end: Int) -> Bool {
        end - start > 2 && self[start] == UInt8(ascii: "/") && self[start + 1] == UInt8(ascii: "/")
    }

    /// Whether a label only repeats the address, with or without its scheme.
    fileprivate func isLabel(_ label: Range<Int>, sameAs address: Range<Int>, colon: Int) -> Bool {
        if isSame(label, address) { return true }
        var rest = colon + 1
        while rest < address.upperBound, rest < colon + 3, self[rest] == UInt8(ascii: "/") { rest += 1 }
        return isSame(label, rest..<address.upperBound)
    }

    private func isSame(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
        first.count == second.count && self[first].elementsEqual(self[second])
    }

    /// The end of the entity or byte at `index`.
    fileprivate func endOfCharacter(at index: Int, to end: Int) -> Int {
        self[index] == UInt8(ascii: "&") ? index + entity(at: index, to: end).length : index + 1
    }
}

extension UnsafeRawBufferPointer {
    /// The closing colon of the emoji whose name begins at `start`.
    fileprivate func endOfEmojiName(from start: Int, to end: Int) -> Int? {
        var index = start
        while index < end {
            switch self[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "'"):
                index += 1
            case UInt8(ascii: ":"): return index > start ? index : nil
            default: return nil
            }
        }
        return nil
    }

    /// The end of `:skin-tone-n:` at `start`.
    fileprivate func endOfSkinTone(from start: Int, to end: Int) -> Int? {
        let prefix: StaticString = ":skin-tone-"
        let length = prefix.utf8CodeUnitCount
        guard end - start >= length + 2, self[start + length].isDigit,
            self[start + length + 1] == UInt8(ascii: ":")
        else { return nil }
        for offset in 0..<length where self[start + offset] != prefix.utf8Start[offset] { return nil }
        return start + length + 2
    }

    fileprivate func isFence(at index: Int, to end: Int) -> Bool {
        end - index >= 3 && self[index] == UInt8(ascii: "`") && self[index + 1] == UInt8(ascii: "`")
            && self[index + 2] == UInt8(ascii: "`")
    }

    /// Where the next fence begins.
    fileprivate func startOfFence(from start: Int, to end: Int) -> Int? {
        var index = start
        while index < end {
            if isFence(at: index, to: end) { return index }
            index += 1
        }
        return nil
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the part is a word of small letters, digits, `_` and `-`, a letter first.
    fileprivate func isLowercaseWord(_ start: Int, _ end: Int) -> Bool {
        guard start < end, self[start] &- UInt8(ascii: "a") < 26 else { return false }
        return self[start..<end].allSatisfy { byte in
            byte &- UInt8(ascii: "a") < 26 || byte.isDigit || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
    }

    /// Whether the part could be an id: letters, digits, `_` and `-`.
    fileprivate func isIdentity(_ start: Int, _ end: Int) -> Bool {
        guard start < end else { return false }
        return self[start..<end].allSatisfy { byte in
            byte < 0x80 && WordBoundary.isWord(byte) || byte == UInt8(ascii: "-")
        }
    }
}
