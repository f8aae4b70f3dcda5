internal import ImportDomain
internal import ImporterKit

/// What stands between `<` and `>`.
extension SlackTextScanner {
    /// Appends what a token stands for.
    ///
    /// - Returns: false when it is no token; then its `<` is an ordinary character.
    mutating func appendToken(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, isCode: Bool
    ) -> Bool {
        guard start < end else { return false }
        count(3 * (end - start))
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
        guard end + 1 < bytes.count, bytes[end + 1].isInWord else { return }
        // U+2000 to U+203F and U+3000 to U+303F: quotation marks, dashes and the like.
        let isPunctuation = [0xE2, 0xE3].contains(bytes[end + 1]) && end + 2 < bytes.count && bytes[end + 2] == 0x80
        guard !isPunctuation else { return }
        output.append(UInt8(ascii: " "))
    }

    private mutating func appendUser(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ label: Range<Int>
    ) -> Bool {
        let id = bytes.text(start, end)
        if let person = users.mentionedPerson(id) {
            output.append(UInt8(ascii: "@"))
            output.append(contentsOf: (mention(person.id) ? person.id : person.username ?? person.id).utf8)
            return true
        }
        guard bytes.isSlackID(start, end, "UWB") || !label.isEmpty && bytes.isIdentity(start, end) else { return false }
        appendName(bytes, label, sign: UInt8(ascii: "@"), otherwise: "unknown-user")
        return true
    }

    private mutating func appendRoom(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ label: Range<Int>
    ) -> Bool {
        let id = bytes.text(start, end)
        guard let room = rooms.room(withID: id) else {
            guard bytes.isSlackID(start, end, "CGD") || !label.isEmpty && bytes.isIdentity(start, end) else {
                return false
            }
            // Ids of channels may be private ones that the export leaves out; those of groups and conversations are.
            let mayBePublic = naming == .importIDs && !bytes.isSlackID(start, end, "GD")
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
        } else if mentionRoom(id) {
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
            _ = mention("all")
        case "here":
            output.append(contentsOf: "@here".utf8)
            _ = mention("here")
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
    /// Whether the part has the form of Slack's ids: one of some letters, then capital letters and digits.
    fileprivate func isSlackID(_ start: Int, _ end: Int, _ letters: StaticString) -> Bool {
        guard end - start > 1, letters.withUTF8Buffer({ $0.contains(self[start]) }) else { return false }
        var hasDigit = false
        for byte in self[start..<end] {
            hasDigit = hasDigit || byte.isDigit
            guard byte.isDigit || byte &- UInt8(ascii: "A") < 26 else { return false }
        }
        return hasDigit || end - start >= 9
    }

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
            byte < 0x80 && byte.isInWord || byte == UInt8(ascii: "-")
        }
    }
}
