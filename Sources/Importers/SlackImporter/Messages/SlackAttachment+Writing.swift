internal import ImportDomain
internal import ImporterKit
internal import JSON

extension SlackAttachment {
    /// What Slack writes in place of a preview.
    private static let placeholderFallback = "[no preview available]"

    /// Writes attachments in Rocket.Chat's form.
    ///
    /// Their texts name people and rooms by name, because only the text of a message is rewritten later. That may make
    /// them longer than they are in Slack, so the result is bounded.
    ///
    /// - Returns: the attachments, nil if nothing of them can be shown; and how many did not fit.
    static func written(
        _ attachments: [SlackAttachment], scanner: inout SlackTextScanner
    ) -> (json: String?, leftOut: Int) {
        var writer = JSONWriter()
        writer.beginArray()
        var isEmpty = true
        var leftOut = 0
        var isFull = false
        var textBytes = RecordLimits.attachmentBytes(stagedBytes: attachments.reduce(0) { $0 + $1.sourceBytes })
        for attachment in attachments where attachment.hasContent {
            if !isFull {
                var one = JSONWriter()
                attachment.write(
                    &one, &scanner, limit: RecordLimits.attachmentBytes - writer.bytes.count, textBytes: &textBytes)
                if writer.bytes.count + one.bytes.count + 2 <= RecordLimits.attachmentBytes {
                    writer.raw(one.text)
                    isEmpty = false
                    continue
                }
                isFull = true
            }
            leftOut += 1
        }
        writer.endArray()
        return (isEmpty ? nil : writer.text, leftOut)
    }

    /// The bytes of its texts in the export.
    private var sourceBytes: Int {
        let texts = [title, text, pretext, fallback, authorName, authorSubname, serviceName, footer, blockText]
        return (texts + lines.flatMap { [$0.title, $0.value] }).reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    }

    /// Whether anything of it can be shown.
    var hasContent: Bool {
        [title, text, pretext, fallback, imageURL, thumbURL, authorName, serviceName, footer]
            .contains { $0 != nil } || !blockText.isEmpty || !lines.isEmpty
    }

    /// What is shown as text: the text, and what only the blocks say; a fallback if there is nothing else to see.
    private var shownText: String? {
        let said = SlackMessage.joined(text, blockText)
        if !said.isEmpty { return said }
        let isVisible = [title, pretext, imageURL, thumbURL].contains { $0 != nil } || !lines.isEmpty
        return isVisible || fallback == Self.placeholderFallback && !files.isEmpty ? nil : fallback
    }

    /// - Parameter textBytes: how many bytes all texts of the message's attachments may still have.
    private func write(
        _ writer: inout JSONWriter, _ scanner: inout SlackTextScanner, limit: Int, textBytes: inout Int
    ) {
        writer.beginObject()
        func converted(_ key: String, _ value: String?, _ naming: SlackTextScanner.Naming = .names) {
            guard let value else { return }
            writer.key(key)
            let rest = max(min(limit - writer.bytes.count, textBytes), 0)
            let text = scanner.convert(value, naming: naming, limit: min(rest, RecordLimits.messageBytes))
            textBytes -= text.utf8.count
            writer.string(text)
        }
        func plain(_ key: String, _ value: String?) {
            guard let value else { return }
            writer.key(key)
            writer.string(value)
        }
        func address(_ key: String, _ value: String?) {
            if let value = value?.trimmedAddress, value.isWebAddress { plain(key, value) }
        }
        // Clients show titles as they stand; Slack's may be a link.
        converted("title", title, .plain)
        address("title_link", titleLink ?? (title == nil ? nil : scanner.firstAddress))
        converted("text", shownText)
        converted("pretext", pretext)
        converted("fallback", fallback, .plain)
        plain("color", color.map { Self.isColorNumber($0) ? "#\($0)" : $0 })
        plain("ts", time.flatMap(SlackTime.init)?.timestamp.internetText)
        converted("author_name", authorName ?? authorSubname ?? serviceName, .plain)
        address("author_link", authorLink)
        address("author_icon", authorIcon)
        address("image_url", imageURL)
        address("thumb_url", thumbURL)
        if isQuote { address("message_link", sourceURL) }
        converted("footer", footer ?? (authorName == nil && authorSubname == nil ? nil : serviceName))
        if !lines.isEmpty {
            writer.key("fields")
            writer.beginArray()
            for line in lines {
                writer.beginObject()
                converted("title", line.title ?? "", .plain)
                converted("value", line.value ?? "")
                writer.key("short")
                writer.boolean(line.isShort)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func isColorNumber(_ color: String) -> Bool {
        (color.utf8.count == 6 || color.utf8.count == 3) && color.allSatisfy(\.isHexDigit)
    }
}

extension SlackMessage {
    /// A text and what blocks say, in Slack's markup: one of them if it says all that the other says, else both.
    static func joined(_ text: String?, _ blockText: String) -> String {
        guard let text, !text.isEmpty else { return blockText }
        if blockText.isEmpty || text == blockText { return text }
        if text == placeholderText { return blockText }
        // What is beyond the limit of a text is left out anyway, so there is no need to compare it.
        guard text.utf8.count + blockText.utf8.count <= RecordLimits.messageBytes * 2 else {
            return "\(text)\n\(blockText)"
        }
        let (words, blockWords) = (MarkupWords(text), MarkupWords(blockText))
        if words.contains(blockWords) { return text }
        return blockWords.contains(words) ? blockText : "\(text)\n\(blockText)"
    }
}

extension String {
    /// An address without white space at both ends.
    var trimmedAddress: String {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || 0x09...0x0D ~= byte }
        guard let first = utf8.first, let last = utf8.last, isBlank(first) || isBlank(last) else { return self }
        let rest = utf8.drop(while: isBlank)
        guard let end = rest.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(rest[...end]))
    }
}
