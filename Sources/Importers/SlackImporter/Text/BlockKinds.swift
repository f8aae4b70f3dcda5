internal import ImporterKit
internal import JSON

/// The kinds of the values that blocks and their elements have, to note those that say something and cannot be read.
///
/// Blocks whose type is not known are read for every string in them, so nothing is expected of them.
enum BlockKinds {
    private static let types: Set<String> = [
        "section", "header", "context", "image", "markdown", "table", "video", "call", "file", "input", "actions",
        "context_actions", "rich_text", "rich_text_section", "rich_text_list", "rich_text_quote",
        "rich_text_preformatted", "text", "link", "user", "channel", "usergroup", "emoji", "broadcast", "date", "color",
        "mrkdwn", "plain_text", "raw_text", "checkboxes", "radio_buttons",
    ]
    /// Types whose text is a string and never an object.
    private static let plainTypes: Set<String> = ["text", "link", "mrkdwn", "plain_text", "raw_text"]
    private static let lists: Set<String> = ["elements", "fields", "rows", "options", "all_participants"]
    private static let objects: Set<String> = ["accessory", "element", "slack_file", "call", "file"]
    private static let textObjects: Set<String> = ["text", "title", "label", "hint", "description"]
    private static let strings: Set<String> = [
        "alt_text", "image_url", "url", "user_id", "channel_id", "usergroup_id", "name", "range", "fallback",
        "title_url", "video_url", "file_id", "external_id", "author_name", "provider_name",
    ]
    /// Fields of a file that stands in a block.
    private static let fileStrings: Set<String> = [
        "id", "name", "title", "mimetype", "url_private", "url_private_download", "alt_txt", "subject", "plain_text",
    ]

    /// Notes what cannot be read of the fields of a block or element that a reader has just left.
    static func note(_ members: [JSONMember], in reader: FieldReader) {
        guard let type = members.first(where: { $0.key == "type" })?.value, case .string(let type) = type,
            types.contains(type)
        else { return }
        for member in members where !member.value.isEmpty {
            let (key, kind) = (member.key, member.value.kind)
            if lists.contains(key) {
                guard case .array(let elements) = member.value else {
                    reader.note(key, kind, .array)
                    continue
                }
                guard key == "elements" || key == "options" else { continue }
                for element in elements where element.kind != .object && !element.isEmpty {
                    reader.note(key + "[]", element.kind, .object)
                }
            } else if objects.contains(key) {
                if kind != .object { reader.note(key, kind, .object) }
                if type == "file", case .object(let file) = member.value {
                    for part in file where fileStrings.contains(part.key) && !part.value.isEmpty {
                        let isReadable = part.value.kind == .string || part.value.kind == .number
                        if !isReadable { reader.note("\(key).\(part.key)", part.value.kind, .text) }
                    }
                }
            } else if textObjects.contains(key) {
                let mayBeObject = !plainTypes.contains(type)
                if kind != .string, kind != .object || !mayBeObject { reader.note(key, kind, .text) }
            } else if strings.contains(key), kind != .string {
                reader.note(key, kind, .text)
            }
        }
    }
}

extension JSONValue {
    /// Whether nothing is in it.
    fileprivate var isEmpty: Bool {
        switch self {
        case .object(let members): members.isEmpty
        case .array(let elements): elements.isEmpty
        case .string(let text): text.isEmpty
        case .number, .boolean: false
        case .null: true
        }
    }
}
