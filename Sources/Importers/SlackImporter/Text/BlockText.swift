internal import ImportDomain
internal import ImporterKit
internal import JSON

/// Turns Slack's layout blocks into its older markup, for messages whose text leaves out what their blocks say.
///
/// The markup then goes through the same scanner as every text, so that people and rooms are found in one way. Fields
/// are looked up by key, so their order does not matter. Source: docs/importers/slack.md, "Blocks".
struct BlockText {
    /// The markup so far.
    private(set) var text = ""
    /// Files that stand in blocks.
    private(set) var files: [SlackFile] = []
    /// How many controls of each kind were left out.
    private var ignored: [String: Int] = [:]
    private var ignoredCount = 0
    /// How many quotes are around the text.
    private var quoteDepth = 0

    /// Reads an array of blocks, or a single one.
    static func read(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws -> BlockText {
        var builder = BlockText()
        if try reader.kind() == .object {
            if allowance.take(.blocks), let block = try value(&reader, &allowance) { builder.append(block, &allowance) }
            builder.finish(&allowance)
            return builder
        }
        guard try reader.enterArray() else { return builder }
        while try reader.nextElement() {
            try allowance.step()
            guard allowance.blockValues > 0, builder.text.utf8.count < RecordLimits.messageBytes else {
                allowance.add(.blocks, leftOut: 1)
                continue
            }
            guard allowance.take(.blocks), let block = try value(&reader, &allowance) else { continue }
            switch block {
            case .number: reader.note(.number, .object)
            case .boolean: reader.note(.boolean, .object)
            case .array(let elements): if !elements.isEmpty { reader.note(.array, .object) }
            case .object, .string, .null: builder.append(block, &allowance)
            }
        }
        builder.finish(&allowance)
        return builder
    }

    /// Reads `message_blocks`, the blocks of quoted messages.
    static func readQuoted(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws -> BlockText {
        var builder = BlockText()
        guard try reader.enterArray() else { return builder }
        while try reader.nextElement() {
            try allowance.step()
            guard try reader.enterObject() else { continue }
            while let key = try reader.nextKey() {
                guard key == "message", try reader.enterObject() else { continue }
                while let key = try reader.nextKey() {
                    guard key == "blocks" else { continue }
                    let quoted = try read(&reader, &allowance)
                    builder.startLine()
                    builder.text += quoted.text
                    builder.files += quoted.files
                }
            }
        }
        return builder
    }

    /// Reads a value whose form is not known for every text in it.
    static func readUnknown(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws -> BlockText {
        var builder = BlockText()
        if let value = try value(&reader, &allowance) { builder.appendStrings(of: value) }
        builder.ignored = [:]
        builder.finish(&allowance)
        return builder
    }

    /// Whether all blocks are what Slack makes of a person's text, which then says the same.
    static func areRichText(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws -> Bool {
        switch try reader.kind() {
        case .null: return true
        case .object: return try isRichText(&reader)
        case .string, .number, .boolean: return false
        case .array: try reader.beginArray()
        }
        while try reader.nextElement() {
            try allowance.step()
            guard try reader.kind() != .null else { continue }
            guard try reader.kind() == .object, try isRichText(&reader) else { return false }
        }
        return true
    }

    private static func isRichText(_ reader: inout FieldReader) throws -> Bool {
        try reader.beginObject()
        var isRichText = false
        while let key = try reader.nextKey() {
            guard key == "type", try reader.kind() == .string else { continue }
            isRichText = try reader.text() == "rich_text"
        }
        return isRichText
    }

    /// Reads a value as far as the allowance goes; what is beyond it is skipped and counts as one block left out.
    private static func value(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws -> JSONValue? {
        try allowance.step()
        guard allowance.blockValues > 0 else { return nil }
        allowance.blockValues -= 1
        if allowance.blockValues == 0 { allowance.add(.blocks, leftOut: 1) }
        switch try reader.kind() {
        case .object:
            var members: [JSONMember] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                guard let value = try value(&reader, &allowance) else { continue }
                members.append(JSONMember(key: key, value: value))
            }
            BlockKinds.note(members, in: reader)
            return .object(members)
        case .array:
            var elements: [JSONValue] = []
            try reader.beginArray()
            while try reader.nextElement() {
                if let element = try value(&reader, &allowance) { elements.append(element) }
            }
            return .array(elements)
        case .string, .number, .boolean, .null: return try reader.readValue()
        }
    }

    private mutating func finish(_ allowance: inout MessageAllowance) {
        while text.utf8.last == UInt8(ascii: "\n") || text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
        for (kind, count) in ignored { allowance.ignore(kind, count: count) }
        ignored = [:]
    }

    private mutating func append(_ block: JSONValue, _ allowance: inout MessageAllowance) {
        startLine()
        guard case .object = block else {
            if case .string(let plain) = block { appendPlain(plain) }
            return
        }
        let (bytesBefore, filesBefore, ignoredBefore) = (text.utf8.count, files.count, ignoredCount)
        var isEmpty: Bool {
            text.utf8.count == bytesBefore && files.count == filesBefore && ignoredCount == ignoredBefore
        }
        let kind = block.text("type") ?? ""
        switch kind {
        case "divider": return
        case "rich_text": for element in block["elements"].elements { appendRich(element, indent: 0) }
        case "section": appendSection(block)
        case "header": appendHeading(block["text"])
        case "context": appendContext(block["elements"].elements)
        case "image": appendImage(block)
        case "markdown": appendTextObject(block["text"])
        case "table": for row in block["rows"].elements { appendRow(row.elements) }
        case "video": appendVideo(block)
        case "call": appendCall(block)
        case "file": appendFile(block)
        case "input": appendInput(block)
        case "actions", "context_actions":
            for element in block["elements"].elements { appendControl(element) }
        default: break
        }
        if isEmpty { appendStrings(of: block) }
        if isEmpty, !Self.mayBeEmpty.contains(kind) { allowance.addUnread(block: kind) }
    }

    /// Blocks that are known and have nothing to say if they are empty.
    private static let mayBeEmpty: Set<String> = [
        "rich_text", "section", "header", "context", "markdown", "table", "input", "actions", "context_actions",
        "image", "share_shortcut",
    ]

    private mutating func appendSection(_ block: JSONValue) {
        appendTextObject(block["text"])
        for field in block["fields"].elements {
            startLine()
            appendTextObject(field)
        }
        if let accessory = block["accessory"] {
            startLine()
            appendControl(accessory)
        }
    }

    private mutating func appendHeading(_ object: JSONValue?) {
        var heading = BlockText()
        heading.appendTextObject(object)
        appendMarked(raw: heading.text, "*")
    }

    private mutating func appendContext(_ elements: [JSONValue]) {
        for (index, element) in elements.enumerated() {
            if index > 0 { text += " " }
            if element.text("type") == "image" {
                element.text("alt_text").map { appendPlain($0) } ?? appendImage(element)
            } else if element["text"] != nil {
                appendTextObject(element)
            } else {
                appendControl(element)
            }
        }
    }

    /// A text object is either in Slack's markup already or plain; some tools write the text alone.
    private mutating func appendTextObject(_ object: JSONValue?) {
        if case .string(let content)? = object {
            text += content
            return
        }
        guard let content = object?.text("text") else { return }
        if object?.text("type") == "plain_text" { appendPlain(content) } else { text += content }
    }

    private mutating func appendImage(_ block: JSONValue) {
        let label = block["title"].plainText ?? block.text("alt_text") ?? ""
        defer { appendAlternative(of: block, besides: label) }
        if let address = block.text("image_url") {
            appendLink(address, label: label)
        } else if let hosted = block["slack_file"], hosted.text("id") ?? hosted.text("url") != nil {
            // The address of a hosted image holds a secret: it is fetched, not shown.
            var file = SlackFile()
            file.id = hosted.text("id")
            file.title = label.isEmpty ? nil : label
            file.privateURL = hosted.text("url")
            files.append(file)
        } else {
            appendPlain(label)
        }
    }

    /// Writes what somebody wrote for those who cannot see an image or a video.
    private mutating func appendAlternative(of block: JSONValue, besides label: String) {
        guard let alternative = block.text("alt_text")?.trimmedIfNotBlank, alternative != label else { return }
        startLine()
        appendPlain(alternative)
    }

    private mutating func appendRow(_ cells: [JSONValue]) {
        startLine()
        for (index, cell) in cells.enumerated() {
            if index > 0 { text += " | " }
            var content = BlockText()
            if cell["elements"] != nil {
                for element in cell["elements"].elements { content.appendRich(element, indent: 0) }
            } else if case .string(let plain) = cell {
                content.appendPlain(plain)
            } else if let plain = cell.scalar("text") ?? cell.scalar("value") {
                content.appendPlain(plain)
            } else {
                content.appendStrings(of: cell)
            }
            text += content.text.split(separator: "\n").joined(separator: " ")
            take(partsOf: content)
        }
        text += "\n"
    }

    private mutating func appendVideo(_ block: JSONValue) {
        let title = block["title"].plainText ?? block.text("alt_text") ?? ""
        let address = block.text("video_url")
        if let page = block.text("title_url") ?? address {
            appendLink(page, label: title)
            if let address, address != page {
                startLine()
                appendLink(address, label: "")
            }
        } else {
            appendPlain(title)
        }
        appendAlternative(of: block, besides: title)
        startLine()
        if let description = block["description"].plainText { appendPlain(description) }
        startLine()
        appendPlain([block.text("author_name"), block.text("provider_name")].compactMap { $0 }.joined(separator: ", "))
    }

    private mutating func appendCall(_ block: JSONValue) {
        let outer = block["call"] ?? block
        let call = outer["v1"] ?? outer
        let name = call.text("name") ?? call.text("title") ?? "call"
        if let address = call.text("join_url") ?? call.text("desktop_app_join_url") {
            appendLink(address, label: name)
        } else {
            appendPlain(name)
        }
        for (label, key) in [("started", "date_start"), ("ended", "date_end")] {
            guard let seconds = call.number(key), seconds > 0 else { continue }
            startLine()
            text += "\(label): <!date^\(seconds)^{date}>"
        }
        let all = call["all_participants"].elements
        let participants = all.isEmpty ? call["participants"].elements : all
        guard !participants.isEmpty else { return }
        startLine()
        text += "participants: "
        for (index, participant) in participants.enumerated() {
            if index > 0 { text += ", " }
            if case .string(let id) = participant {
                appendToken("@", id)
            } else if let id = participant.text("slack_id") {
                appendToken("@", id)
            } else {
                appendPlain(participant.text("display_name") ?? participant.text("external_id") ?? "somebody")
            }
        }
    }

    private mutating func appendFile(_ block: JSONValue) {
        if let object = block["file"], let file = SlackFile(object) {
            files.append(file)
        } else if let id = block.text("file_id") {
            var file = SlackFile()
            file.id = id
            files.append(file)
        } else if let id = block.text("external_id") {
            text += "file: "
            appendPlain(id)
        }
    }

    private mutating func appendInput(_ block: JSONValue) {
        appendTextObject(block["label"])
        if let hint = block["hint"] {
            startLine()
            appendTextObject(hint)
        }
        for element in [block["element"]].compactMap({ $0 }) + block["elements"].elements {
            startLine()
            appendAnswer(element)
        }
    }

    /// Writes what a control shows besides itself: a link, an image, boxes with texts. The words of buttons and menus
    /// are for clicking, and are counted instead.
    private mutating func appendControl(_ element: JSONValue) {
        let kind = element.text("type") ?? ""
        switch kind {
        case "image": appendImage(element)
        case "button", "workflow_button":
            guard let address = element.text("url"), address.isWebAddress else { return ignore(kind) }
            startLine()
            appendLink(address, label: element["text"].plainText ?? "")
        case "checkboxes", "radio_buttons": appendBoxes(element)
        case "plain_text", "mrkdwn": appendTextObject(element)
        default:
            if Self.isMenu(kind) { ignore(kind) } else { appendStrings(of: element) }
        }
    }

    private static func isMenu(_ kind: String) -> Bool {
        ["overflow", "icon_button", "feedback_buttons", "number_input"].contains(kind) || kind.hasSuffix("_select")
            || kind.hasSuffix("picker") || kind.hasSuffix("_text_input") || kind.hasSuffix("_input")
    }

    private mutating func ignore(_ kind: String) {
        ignored[String(kind.prefix(100)), default: 0] += 1
        ignoredCount += 1
    }

    private mutating func appendBoxes(_ element: JSONValue) {
        let chosen = Set(
            (element["initial_options"].elements + element["selected_options"].elements
                + [element["initial_option"], element["selected_option"]].compactMap { $0 })
                .compactMap { $0.text("value") }.map(ExactString.init))
        for option in element["options"].elements {
            startLine()
            let isChosen = option.text("value").map { chosen.contains(ExactString($0)) } ?? false
            text += isChosen ? "☑ " : "☐ "
            appendTextObject(option["text"])
            if let description = option["description"] {
                startLine()
                appendTextObject(description)
            }
        }
    }

    /// Writes what is filled in.
    private mutating func appendAnswer(_ element: JSONValue) {
        let kind = element.text("type") ?? ""
        if kind == "checkboxes" || kind == "radio_buttons" { return appendBoxes(element) }
        let bytesBefore = text.utf8.count
        for key in ["initial_value", "value", "initial_date", "selected_date", "initial_time", "selected_time"] {
            guard let value = element[key] else { continue }
            startLine()
            if let plain = element.scalar(key) {
                appendPlain(plain)
            } else {
                for part in value["elements"].elements { appendRich(part, indent: 0) }
            }
        }
        if let seconds = element.number("initial_date_time") ?? element.number("selected_date_time") {
            startLine()
            text += "<!date^\(seconds)^{date}>"
        }
        for key in ["initial_option", "selected_option"] {
            guard let option = element[key] else { continue }
            startLine()
            appendTextObject(option["text"])
        }
        for key in ["initial_options", "selected_options"] {
            for option in element[key].elements {
                startLine()
                appendTextObject(option["text"])
            }
        }
        for (mark, keys) in [
            ("@", ["initial_user", "selected_user", "initial_users", "selected_users"]),
            (
                "#",
                [
                    "initial_channel", "selected_channel", "initial_channels", "selected_channels",
                    "initial_conversation", "selected_conversation", "initial_conversations",
                    "selected_conversations",
                ]
            ),
        ] {
            for key in keys {
                for id in element[key].strings {
                    startLine()
                    appendToken(mark, id)
                }
            }
        }
        if text.utf8.count == bytesBefore { ignore(kind) }
    }

    private mutating func appendRich(_ element: JSONValue, indent: Int) {
        switch element.text("type") {
        case "rich_text_list":
            let depth = min(max(element.number("indent") ?? 0, 0), 8) + indent
            let isOrdered = element.text("style") == "ordered"
            let offset = min(max(element.number("offset") ?? 0, 0), 1_000_000)
            for (index, item) in element["elements"].elements.enumerated() {
                startLine()
                if item.text("type") == "rich_text_list" {
                    appendRich(item, indent: min(depth + 1, 8))
                    continue
                }
                text += String(repeating: "    ", count: min(depth, 8))
                text += isOrdered ? "\(offset + index + 1). " : "- "
                appendInline(item["elements"].elements)
            }
            text += "\n"
        case "rich_text_quote":
            startLine()
            // Each line of the text gets a mark for each quote around it.
            guard quoteDepth < 3 else { return appendInline(element["elements"].elements) }
            var quoted = BlockText()
            quoted.quoteDepth = quoteDepth + 1
            quoted.appendInline(element["elements"].elements)
            text += quoted.text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { "&gt; \($0)" }.joined(separator: "\n")
            text += "\n"
            take(partsOf: quoted)
        case "rich_text_preformatted":
            startLine()
            text += "```\n"
            appendInline(element["elements"].elements)
            startLine()
            text += "```\n"
        default:
            if element["elements"] != nil {
                appendInline(element["elements"].elements)
            } else {
                appendInline([element])
            }
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
            case "user": appendToken("@", element.text("user_id"))
            case "channel": appendToken("#", element.text("channel_id"))
            case "usergroup": appendToken("!subteam^", element.text("usergroup_id"))
            case "broadcast": text += "<!\(Self.escaped(element.text("range") ?? "here", isLabel: true))>"
            case "emoji": appendEmoji(element)
            case "color": appendPlain(element.text("value") ?? "")
            case "date": appendDate(element)
            case "image": appendImage(element)
            default:
                if element["elements"] != nil {
                    appendRich(element, indent: 0)
                } else if let plain = element.text("text") ?? element.text("fallback") {
                    appendPlain(plain)
                } else {
                    appendStrings(of: element)
                }
            }
            text += String(mark.reversed())
        }
    }

    private mutating func appendToken(_ sign: String, _ id: String?) {
        text += "<\(sign)\(Self.escaped(id ?? "", isLabel: true))>"
    }

    private mutating func appendEmoji(_ element: JSONValue) {
        text += ":\(element.text("name") ?? "question"):"
        if let tone = element.number("skin_tone"), 1...9 ~= tone { text += ":skin-tone-\(tone):" }
    }

    private mutating func appendDate(_ element: JSONValue) {
        let fallback = Self.escaped(element.text("fallback") ?? "", isLabel: true)
        let seconds = element.scalar("timestamp") ?? "0"
        text += "<!date^\(Self.escaped(seconds, isLabel: true))^\(fallback.isEmpty ? "" : "|")\(fallback)>"
    }

    /// Puts marks close to the words, because Markdown does not take them next to a space.
    private mutating func appendMarked(_ content: String, _ mark: String) {
        if mark.isEmpty { return appendPlain(content) }
        appendMarked(raw: Self.escaped(content, isLabel: false), mark)
    }

    private mutating func appendMarked(raw content: String, _ mark: String) {
        guard let first = content.firstIndex(where: { !$0.isWhitespace }),
            let last = content.lastIndex(where: { !$0.isWhitespace })
        else {
            text += content
            return
        }
        text += content[..<first] + mark + content[first...last]
        text += String(mark.reversed()) + content[content.index(after: last)...]
    }

    private mutating func appendLink(_ address: String, label: String) {
        text += "<\(Self.escaped(address, isLabel: true))"
        if !label.isEmpty { text += "|\(Self.escaped(label, isLabel: true))" }
        text += ">"
    }

    private mutating func appendPlain(_ content: String) { text += Self.escaped(content, isLabel: false) }

    private mutating func take(partsOf other: BlockText) {
        files += other.files
        ignored.merge(other.ignored, uniquingKeysWith: +)
        ignoredCount += other.ignoredCount
    }

    /// Writes every text of a part whose type is not known, a line each, in an order that does not depend on the
    /// fields' order.
    private mutating func appendStrings(of value: JSONValue) {
        switch value {
        case .object(let members):
            let kind = value.text("type") ?? ""
            if kind == "rich_text" || kind.hasPrefix("rich_text_") {
                let parts = kind == "rich_text" ? value["elements"].elements : [value]
                for part in parts { appendRich(part, indent: 0) }
                return
            }
            if Self.isMenu(kind) || kind == "button" || kind == "workflow_button" { return appendControl(value) }
            if kind == "plain_text" || kind == "mrkdwn" || kind == "raw_text" {
                startLine()
                return kind == "raw_text" ? appendPlain(value.text("text") ?? "") : appendTextObject(value)
            }
            if kind == "image" || value["slack_file"] != nil { return appendImage(value) }
            for (key, member) in members.map({ ($0.key, $0.value) }).sorted(by: Self.isBefore) {
                appendString(member, key: key)
            }
        case .array(let elements):
            for element in elements {
                if case .string(let plain) = element {
                    startLine()
                    appendPlain(plain)
                } else {
                    appendStrings(of: element)
                }
            }
        case .string, .number, .boolean, .null: return
        }
    }

    private mutating func appendString(_ value: JSONValue, key: String) {
        if Self.isTechnical(key) { return }
        switch value {
        case .string(let plain):
            startLine()
            if plain.isWebAddress { appendLink(plain, label: "") } else { appendPlain(plain) }
        case .number(let number):
            startLine()
            appendPlain("\(key): \(number.literal)")
        case .object, .array: appendStrings(of: value)
        case .boolean, .null: return
        }
    }

    /// Fields that say what comes first, before all others.
    private static let leadingKeys = ["title", "header", "subtitle", "name", "label", "text", "description"]

    private static func isBefore(_ first: (String, JSONValue), _ second: (String, JSONValue)) -> Bool {
        func rank(_ key: String) -> Int { leadingKeys.firstIndex(of: key) ?? leadingKeys.count }
        let (firstRank, secondRank) = (rank(first.0), rank(second.0))
        if firstRank != secondRank { return firstRank < secondRank }
        return first.0.utf8.lexicographicallyPrecedes(second.0.utf8)
    }

    /// Fields that tell programs how to draw or to find something.
    private static func isTechnical(_ key: String) -> Bool {
        [
            "type", "id", "style", "color", "width", "height", "version", "indent", "border", "offset", "size", "ts",
            "mrkdwn_in", "attachment_type", "msg_subtype", "verbatim",
        ].contains(key) || key.hasSuffix("_id") || key.hasSuffix("_width") || key.hasSuffix("_height")
    }

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
            case "\n" where isLabel, "\r" where isLabel: result += " "
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
    func text(_ key: String) -> String? {
        guard case .string(let text) = self[key] else { return nil }
        return text
    }

    fileprivate func number(_ key: String) -> Int? {
        switch self[key] {
        case .number(let number): number.integer
        case .string(let text): Int(text)
        default: nil
        }
    }

    /// A text, or a number as it is written.
    func scalar(_ key: String) -> String? {
        switch self[key] {
        case .string(let text): text
        case .number(let number): number.literal
        default: nil
        }
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

    /// A text, or the texts of an array.
    fileprivate var strings: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements):
            elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
        default: []
        }
    }

    /// The text of a text object, or the text itself.
    fileprivate var plainText: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .object: self?.text("text").flatMap { $0.isEmpty ? nil : $0 }
        default: nil
        }
    }
}
