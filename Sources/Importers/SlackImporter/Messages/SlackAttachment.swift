internal import ImportDomain
internal import ImporterKit
internal import JSON

/// A card below a message: the preview of a link, a quoted message, the report of a program.
struct SlackAttachment {
    struct Line {
        var title: String?
        var value: String?
        var isShort = false
    }

    var title: String?
    var titleLink: String?
    var text: String?
    var pretext: String?
    var fallback: String?
    var color: String?
    var time: String?
    var authorName: String?
    var authorSubname: String?
    var authorLink: String?
    var authorIcon: String?
    var serviceName: String?
    var imageURL: String?
    var thumbURL: String?
    var sourceURL: String?
    var footer: String?
    var lines: [Line] = []
    var isQuote = false
    /// What the blocks say, in Slack's markup.
    var blockText = ""
    /// The files of a quoted message.
    var files: [SlackFile] = []

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

    /// An attachment without content.
    init() {}

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
            case .files: try Self.readFiles(&reader, into: &ownFiles, &allowance)
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

    private static func readFiles(
        _ reader: inout FieldReader, into files: inout [SlackFile], _ allowance: inout MessageAllowance
    ) throws {
        if try reader.kind() == .object {
            if allowance.take(.attachedFiles), let file = try SlackFile(&reader) { files.append(file) }
            return
        }
        guard try reader.enterArray() else { return }
        while try reader.nextElement() {
            try allowance.step()
            if allowance.take(.attachedFiles) { files.append(try SlackFile(&reader) ?? SlackFile()) }
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
}
