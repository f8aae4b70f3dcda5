internal import JSON

extension SlackAttachment {
    /// Writes attachments in Rocket.Chat's form; nil when nothing of them can be shown.
    ///
    /// Their texts name people and rooms by name, because only the text of a message is rewritten later.
    static func written(_ attachments: [SlackAttachment], scanner: inout SlackTextScanner) -> String? {
        var writer = JSONWriter()
        writer.beginArray()
        var isEmpty = true
        for attachment in attachments where attachment.hasContent {
            attachment.write(&writer, &scanner)
            isEmpty = false
        }
        writer.endArray()
        return isEmpty ? nil : writer.text
    }

    private var hasContent: Bool {
        [title, text ?? blockText, pretext, fallback, imageURL, thumbURL, authorName, serviceName, footer]
            .contains { $0 != nil } || !lines.isEmpty
    }

    private func write(_ writer: inout JSONWriter, _ scanner: inout SlackTextScanner) {
        writer.beginObject()
        func converted(_ key: String, _ value: String?) {
            guard let value else { return }
            writer.key(key)
            writer.string(scanner.convert(value, naming: .names))
        }
        func plain(_ key: String, _ value: String?) {
            guard let value else { return }
            writer.key(key)
            writer.string(value)
        }
        func address(_ key: String, _ value: String?) {
            if let value, value.isWebAddress { plain(key, value) }
        }
        converted("title", title)
        address("title_link", titleLink)
        converted("text", text ?? blockText)
        converted("pretext", pretext)
        converted("fallback", fallback)
        plain("color", color.map { Self.isColorNumber($0) ? "#\($0)" : $0 })
        plain("ts", time.flatMap(SlackTime.init)?.timestamp.internetText)
        plain("author_name", authorName ?? authorSubname ?? serviceName)
        address("author_link", authorLink)
        address("author_icon", authorIcon)
        address("image_url", imageURL)
        address("thumb_url", thumbURL)
        if isQuote { address("message_link", sourceURL) }
        converted("footer", footer)
        if !lines.isEmpty {
            writer.key("fields")
            writer.beginArray()
            for line in lines {
                writer.beginObject()
                converted("title", line.title ?? "")
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
