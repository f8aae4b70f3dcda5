internal import ImporterKit

/// Emoji and code, which both systems write nearly alike.
extension SlackTextScanner {
    /// Emoji that Rocket.Chat has under another name.
    private static let renamedEmoji: [String: String] = [
        "simple_smile": "smile", "memo": "pencil", "piggy": "pig", "uk": "gb",
    ]

    /// Appends the emoji at `index`, or only its colon when none is there that needs a change.
    mutating func appendEmoji(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ end: Int) -> Int {
        guard !isInFence, !isInCode(bytes, index), let close = bytes.endOfEmojiName(from: index + 1, to: end) else {
            output.append(UInt8(ascii: ":"))
            return index + 1
        }
        count(close - index)
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
    mutating func appendBackquotes(
        _ bytes: UnsafeRawBufferPointer, _ index: Int, _ end: Int, _ hasMoreFences: inout Bool
    ) -> Int {
        // Clients show plain texts as they stand: they have no code.
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
            count((next ?? end) - index)
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
    mutating func isInCode(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        guard let start = codeStart else { return false }
        count(index - start)
        codeStart = bytes.place(of: UInt8(ascii: "\n"), from: start, to: index) == nil ? index : nil
        return codeStart != nil
    }

    private mutating func endLine() {
        if output.last != UInt8(ascii: "\n") { output.append(UInt8(ascii: "\n")) }
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
