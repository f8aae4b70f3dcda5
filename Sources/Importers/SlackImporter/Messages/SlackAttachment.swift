internal import ImportDomain
internal import ImporterKit
internal import JSON

/// A card below a message: the preview of a link, a quoted message, the report of a program.
struct SlackAttachment {
    private struct Line {
        var title: String?
        var value: String?
        var isShort = false
    }

    private var title: String?
    private var titleLink: String?
    private var text: String?
    private var pretext: String?
    private var fallback: String?
    private var color: String?
    private var time: String?
    private var authorName: String?
    private var authorSubname: String?
    private var authorLink: String?
    private var authorIcon: String?
    private var serviceName: String?
    private var imageURL: String?
    private var thumbURL: String?
    private var sourceURL: String?
    private var footer: String?
    private var lines: [Line] = []
    private var isQuote = false
    /// What the blocks say, in Slack's markup.
    private var blockText = ""
    /// The files of a quoted message.
    private(set) var files: [SlackFile] = []

    private enum Field: String, CaseIterable {
        case title, text, pretext, fallback, color, footer, fields, blocks, files, file, attachments, actions
        case titleLink = "title_link"
        case time = "ts"
        case authorName = "author_name"
        case authorSubname = "author_subname"
        case authorLink = "author_link"
        case authorIcon = "author_icon"
        case serviceName = "service_name"
        case imageURL = "image_url"
        case thumbURL = "thumb_url"
        case sourceURL = "from_url"
        case isShare = "is_share"
        case isUnfurl = "is_msg_unfurl"
        case quotedBlocks = "message_blocks"
    }

    private enum LineField: String, CaseIterable {
        case title, value, short
    }

    private static let fields = FieldTable<Field>()
    private static let lineFields = FieldTable<LineField>()

    private init() {}

    /// An attachment that only has a text.
    init(text: String) { self.text = text }

    /// Reads an array of attachments, or a single one; those inside of an attachment follow it.
    static func readList(
        _ reader: inout FieldReader, into attachments: inout [SlackAttachment], _ allowance: inout MessageAllowance
    ) throws {
        if try reader.kind() == .object {
            if allowance.take(.attachments) { try readOne(&reader, into: &attachments, &allowance) }
            return
        }
        guard try reader.enterArray() else { return }
        while try reader.nextElement() {
            try allowance.step()
            guard allowance.take(.attachments) else { continue }
            try readOne(&reader, into: &attachments, &allowance)
        }
    }

    private static func readOne(
        _ reader: inout FieldReader, into attachments: inout [SlackAttachment], _ allowance: inout MessageAllowance
    ) throws {
        var start = reader
        guard try reader.enterObject() else { return }
        var attachment = SlackAttachment()
        var nested: [SlackAttachment] = []
        try attachment.read(&reader, &nested, &allowance)
        if !attachment.hasContent, attachment.files.isEmpty, nested.isEmpty {
            // None of the known fields is there; whatever else it says is its text.
            let content = try BlockText.readUnknown(&start, &allowance)
            attachment.blockText = content.text
            attachment.files = content.files
        }
        attachments.append(attachment)
        attachments += nested
    }

    private mutating func read(
        _ reader: inout FieldReader, _ nested: inout [SlackAttachment], _ allowance: inout MessageAllowance
    ) throws {
        var blocks: FieldReader?
        var quotedBlocks: FieldReader?
        var ownFiles: [SlackFile] = []
        var singleFile: SlackFile?
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .title: title = try reader.nonEmptyText()
            case .titleLink: titleLink = try reader.nonEmptyText()
            case .text: text = try reader.nonEmptyText()
            case .pretext: pretext = try reader.nonEmptyText()
            case .fallback: fallback = try reader.nonEmptyText()
            case .color: color = try reader.nonEmptyText()
            case .time: time = try reader.time()
            case .authorName: authorName = try reader.nonEmptyText()
            case .authorSubname: authorSubname = try reader.nonEmptyText()
            case .authorLink: authorLink = try reader.nonEmptyText()
            case .authorIcon: authorIcon = try reader.nonEmptyText()
            case .serviceName: serviceName = try reader.nonEmptyText()
            case .imageURL: imageURL = try reader.nonEmptyText()
            case .thumbURL: thumbURL = try reader.nonEmptyText()
            case .sourceURL: sourceURL = try reader.nonEmptyText()
            case .footer: footer = try reader.nonEmptyText()
            case .isShare, .isUnfurl: isQuote = try reader.flag() || isQuote
            case .fields: try readLines(&reader, &allowance)
            case .blocks: blocks = try reader.readLater()
            case .quotedBlocks: quotedBlocks = try reader.readLater()
            case .files: ownFiles += try SlackFile.readList(&reader, .attachedFiles, &allowance)
            case .file: singleFile = try SlackFile(&reader)
            case .attachments: try Self.readList(&reader, into: &nested, &allowance)
            case .actions: try Self.skipActions(&reader, &allowance)
            }
        }
        files = ownFiles + [singleFile].compactMap { $0 }
        // A quoted message has the same blocks twice.
        if var parts = blocks ?? quotedBlocks {
            let content =
                try blocks == nil
                ? BlockText.readQuoted(&parts, &allowance) : BlockText.read(&parts, &allowance)
            blockText = content.text
            files += content.files
        }
    }

    /// Buttons and menus are left out by rule.
    private static func skipActions(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws {
        guard try reader.enterArray() else { return }
        while try reader.nextElement() {
            try allowance.step()
            allowance.ignore("button")
        }
    }

    private mutating func readLines(_ reader: inout FieldReader, _ allowance: inout MessageAllowance) throws {
        guard try reader.enterArray() else { return }
        while try reader.nextElement() {
            try allowance.step()
            guard allowance.take(.attachmentFields), try reader.enterObject() else { continue }
            var line = Line()
            while let field = try reader.nextField(Self.lineFields) {
                switch field {
                case .title: line.title = try reader.nonEmptyText()
                case .value: line.value = try reader.nonEmptyText()
                case .short: line.isShort = try reader.flag()
                }
            }
            lines.append(line)
        }
    }

    /// What Slack writes in place of a preview.
    private static let placeholderFallback = "[no preview available]"

    /// Writes attachments in Rocket.Chat's form.
    ///
    /// Their texts name people and rooms by name, because only the text of a message is rewritten later. That may make
    /// them longer than they are in Slack, so the result is bounded.
    ///
    /// - Returns: the attachments, nil if nothing of them can be shown; and how many did not fit.
    static func written(
        _ attachments: [SlackAttachment], scanner: inout SlackText
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
    private var hasContent: Bool {
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
        _ writer: inout JSONWriter, _ scanner: inout SlackText, limit: Int, textBytes: inout Int
    ) {
        writer.beginObject()
        func converted(_ key: String, _ value: String?, _ naming: SlackText.Naming = .names) {
            guard let value else { return }
            writer.key(key)
            let rest = max(min(limit - writer.bytes.count, textBytes), 0)
            let text = scanner.convert(value, naming: naming, limit: min(rest, RecordLimits.messageBytes))
            textBytes -= text.utf8.count
            writer.string(text)
        }
        func address(_ key: String, _ value: String?) {
            if let value = value?.trimmedAddress, value.isWebAddress { writer.text(value, for: key) }
        }
        // Clients show titles unchanged; Slack's may be a link.
        converted("title", title, .plain)
        address("title_link", titleLink ?? (title == nil ? nil : scanner.firstAddress))
        converted("text", shownText)
        converted("pretext", pretext)
        converted("fallback", fallback, .plain)
        writer.text(color.map { Self.isColorNumber($0) ? "#\($0)" : $0 }, for: "color")
        writer.text(time.flatMap(SlackTime.init)?.timestamp.internetText, for: "ts")
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
