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
    var blockText: String?

    private enum Field: String, CaseIterable {
        case title, text, pretext, fallback, color, footer, fields, blocks
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
    }

    private enum LineField: String, CaseIterable {
        case title, value, short
    }

    private static let fields = FieldTable<Field>()
    private static let lineFields = FieldTable<LineField>()
    private static let maximumLines = 100

    /// An attachment without content.
    init() {}

    /// Reads an attachment; nil when it is no object. What is nested deeper is left out.
    init?(_ reader: inout JSONReader) throws {
        guard try reader.enterObject() else { return nil }
        while let field = try reader.nextField(Self.fields) {
            switch field {
            case .title: title = try reader.nonEmptyText()
            case .titleLink: titleLink = try reader.nonEmptyText()
            case .text: text = try reader.nonEmptyText()
            case .pretext: pretext = try reader.nonEmptyText()
            case .fallback: fallback = try reader.nonEmptyText()
            case .color: color = try reader.nonEmptyText()
            case .time: time = try reader.nonEmptyText()
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
            case .fields: try readLines(&reader)
            case .blocks: if text == nil { blockText = BlockText.read(try reader.readValue()) }
            }
        }
    }

    private mutating func readLines(_ reader: inout JSONReader) throws {
        guard try reader.enterArray() else { return }
        while try reader.nextElement() {
            guard lines.count < Self.maximumLines, try reader.enterObject() else { continue }
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
