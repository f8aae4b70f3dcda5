internal import JSON

/// Turns Slack's layout blocks into its older markup, for messages whose text leaves out what their blocks say.
///
/// The markup then goes through the same scanner as every text, so that people and rooms are found in one way.
struct BlockText {
    private var text = ""

    /// The markup of an array of blocks; nil when they have no text.
    static func read(_ blocks: JSONValue) -> String? {
        var builder = BlockText()
        for block in blocks.elements { builder.appendBlock(block) }
        while builder.text.last?.isNewline == true { builder.text.removeLast() }
        return builder.text.isEmpty ? nil : builder.text
    }

    private mutating func appendBlock(_ block: JSONValue) {
        startLine()
        switch block.text("type") {
        case "rich_text": for element in block["elements"].elements { appendRich(element, indent: 0) }
        case "section":
            appendTextObject(block["text"])
            for field in block["fields"].elements {
                startLine()
                appendTextObject(field)
            }
        case "header":
            text += "*"
            appendTextObject(block["text"])
            text += "*"
        case "context":
            for (index, element) in block["elements"].elements.enumerated() {
                if index > 0 { text += " " }
                element.text("type") == "image"
                    ? appendPlain(element.text("alt_text") ?? "") : appendTextObject(element)
            }
        case "image": appendImage(block)
        default: break
        }
    }

    /// A text object is either in Slack's markup already or plain.
    private mutating func appendTextObject(_ object: JSONValue?) {
        guard let content = object?.text("text") else { return }
        if object?.text("type") == "plain_text" { appendPlain(content) } else { text += content }
    }

    private mutating func appendImage(_ block: JSONValue) {
        let label = block["title"]?.text("text") ?? block.text("alt_text") ?? ""
        if let address = block.text("image_url") { appendLink(address, label: label) } else { appendPlain(label) }
    }

    private mutating func appendRich(_ element: JSONValue, indent: Int) {
        switch element.text("type") {
        case "rich_text_list":
            let depth = (element.number("indent") ?? 0) + indent
            let isOrdered = element.text("style") == "ordered"
            for (index, item) in element["elements"].elements.enumerated() {
                startLine()
                text += String(repeating: "    ", count: min(max(depth, 0), 8))
                text += isOrdered ? "\(index + 1). " : "- "
                appendInline(item["elements"].elements)
            }
            text += "\n"
        case "rich_text_quote":
            startLine()
            var quoted = BlockText()
            quoted.appendInline(element["elements"].elements)
            text += quoted.text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { "&gt; \($0)" }.joined(separator: "\n")
            text += "\n"
        case "rich_text_preformatted":
            startLine()
            text += "```\n"
            appendInline(element["elements"].elements)
            startLine()
            text += "```\n"
        default: appendInline(element["elements"].elements)
        }
    }

    private mutating func appendInline(_ elements: [JSONValue]) {
        for element in elements {
            let mark = Self.mark(element["style"])
            if element.text("type") == "text" {
                appendMarked(element.text("text") ?? "", mark)
                continue
            }
            text += mark
            switch element.text("type") {
            case "link": appendLink(element.text("url") ?? "", label: element.text("text") ?? "")
            case "user": text += "<@\(element.text("user_id") ?? "")>"
            case "channel": text += "<#\(element.text("channel_id") ?? "")>"
            case "usergroup": text += "<!subteam^\(element.text("usergroup_id") ?? "")>"
            case "broadcast": text += "<!\(element.text("range") ?? "here")>"
            case "emoji": text += ":\(element.text("name") ?? "question"):"
            case "date":
                let fallback = Self.escaped(element.text("fallback") ?? "", isLabel: true)
                text += "<!date^\(element.number("timestamp") ?? 0)^\(fallback.isEmpty ? "" : "|")\(fallback)>"
            default: appendPlain(element.text("text") ?? "")
            }
            text += String(mark.reversed())
        }
    }

    /// Puts marks close to the words, because Markdown does not take them next to a space.
    private mutating func appendMarked(_ content: String, _ mark: String) {
        guard !mark.isEmpty, let first = content.firstIndex(where: { !$0.isWhitespace }),
            let last = content.lastIndex(where: { !$0.isWhitespace })
        else { return appendPlain(content) }
        text += content[..<first] + mark
        appendPlain(String(content[first...last]))
        text += String(mark.reversed()) + content[content.index(after: last)...]
    }

    private mutating func appendLink(_ address: String, label: String) {
        text += "<\(Self.escaped(address, isLabel: true))"
        if !label.isEmpty { text += "|\(Self.escaped(label, isLabel: true))" }
        text += ">"
    }

    private mutating func appendPlain(_ content: String) { text += Self.escaped(content, isLabel: false) }

    private mutating func startLine() {
        if let last = text.utf8.last, last != UInt8(ascii: "\n") { text += "\n" }
    }

    /// Slack's three entities; a label stays on one line, because a token cannot have two.
    private static func escaped(_ content: String, isLabel: Bool) -> String {
        var result = ""
        result.reserveCapacity(content.utf8.count)
        for scalar in content.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\n" where isLabel: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func mark(_ style: JSONValue?) -> String {
        var mark = ""
        for (name, sign) in [("bold", "*"), ("italic", "_"), ("strike", "~"), ("code", "`")]
        where style?[name] == .boolean(true) { mark += sign }
        return mark
    }
}

extension JSONValue {
    fileprivate func text(_ key: String) -> String? {
        guard case .string(let text) = self[key] else { return nil }
        return text
    }

    fileprivate func number(_ key: String) -> Int? {
        guard case .number(let number) = self[key] else { return nil }
        return number.integer
    }

    fileprivate var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}

extension JSONValue? {
    fileprivate var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}
