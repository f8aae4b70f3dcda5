import Foundation
import ImportDomain
import JSON

/// How a message's document shows a file: as its last attachment.
///
/// Source: Rocket.Chat's file attachments (`title_link`, `image_url`, `audio_url`, `video_url`).
enum AttachedFile {
    /// The document with a fetched file in place of its stand-in.
    static func document(_ document: String?, showing file: StoredFile) -> String {
        let link = "/file-upload/\(file.id)/" + encoded(file.name)
        var members = [
            JSONMember(key: "title", value: .string(file.name)),
            JSONMember(key: "type", value: .string("file")),
            JSONMember(key: "title_link", value: .string(link)),
            JSONMember(key: "title_link_download", value: .boolean(true)),
        ]
        let kind = file.mediaType.prefix { $0 != "/" }
        if ["image", "audio", "video"].contains(kind) {
            members += [
                JSONMember(key: "\(kind)_url", value: .string(link)),
                JSONMember(key: "\(kind)_type", value: .string(file.mediaType)),
                JSONMember(key: "\(kind)_size", value: .number(JSONNumber(file.sizeBytes))),
            ]
        }
        if let pixels = file.pixels {
            members.append(
                JSONMember(
                    key: "image_dimensions",
                    value: .object([
                        JSONMember(key: "width", value: .number(JSONNumber(pixels.width))),
                        JSONMember(key: "height", value: .number(JSONNumber(pixels.height))),
                    ])))
        }
        let description = JSONValue.object([
            JSONMember(key: "_id", value: .string(file.id.rawValue)),
            JSONMember(key: "name", value: .string(file.name)),
            JSONMember(key: "type", value: .string(file.mediaType)),
        ])
        return replacingLastAttachment(of: document, by: .object(members), file: description)
    }

    /// The document whose stand-in says why the file is not there.
    static func document(_ document: String?, telling note: String) -> String {
        var standIn: [JSONMember] = [JSONMember(key: "type", value: .string("file"))]
        if case .object(let members)? = attachments(of: self.members(of: document)).last {
            standIn = members.filter { $0.key != "text" }
        }
        standIn.append(JSONMember(key: "text", value: .string(note)))
        return replacingLastAttachment(of: document, by: .object(standIn), file: nil)
    }

    private static func replacingLastAttachment(
        of document: String?, by attachment: JSONValue, file: JSONValue?
    ) -> String {
        var members = members(of: document)
        let attachments = attachments(of: members).dropLast() + [attachment]
        members.removeAll { $0.key == "attachments" || $0.key == "file" }
        members.append(JSONMember(key: "attachments", value: .array(Array(attachments))))
        if let file { members.append(JSONMember(key: "file", value: file)) }
        return JSONValue.object(members).serialized()
    }

    private static func members(of document: String?) -> [JSONMember] {
        // A document that cannot be read shows nothing; the file is shown at least.
        guard let document, case .object(let members)? = try? JSONValue(parsing: Array(document.utf8)) else {
            return []
        }
        return members
    }

    private static func attachments(of members: [JSONMember]) -> [JSONValue] {
        guard case .array(let attachments)? = members.first(where: { $0.key == "attachments" })?.value else {
            return []
        }
        return attachments
    }

    private static func encoded(_ name: String) -> String {
        // Clients shorten a path with these segments, and nobody looks at the name in it.
        guard ![".", ".."].contains(name) else { return "file" }
        return name.addingPercentEncoding(
            withAllowedCharacters: .urlPathAllowed.subtracting(CharacterSet(charactersIn: "/"))
        ) ?? "file"
    }
}
