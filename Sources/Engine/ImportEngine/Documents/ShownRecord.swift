import ImportDomain
import JSON

/// Staged records as calls return them: the URLs of files and avatars are shortened to their hosts.
///
/// A correction that leaves such a value as it was returned keeps the staged one.
/// Source: docs/api.md, "Failed records as a file".
enum ShownRecord {
    /// A staged document without what may be a secret.
    static func document(_ document: String, of type: RecordType) -> String {
        let paths: [[String]] =
            switch type {
            case .user: [["avatarUrl"]]
            case .message: [["avatar"], ["_importFile", "downloadUrl"]]
            case .room, .contact: []
            }
        // Most records have no such field, and need not be decoded.
        guard paths.contains(where: { document.contains("\"\($0[$0.count - 1])\"") }),
            // A document that cannot be read back has no fields.
            var value = try? JSONValue(parsing: document)
        else { return document }
        for path in paths { value.shorten(path[...]) }
        return value.serialized()
    }

    /// A corrected user with the staged URL, where the correction has it as it was returned.
    static func restored(_ user: UserRecord, from staged: UserRecord?) -> UserRecord {
        var user = user
        user.avatarURL = restored(user.avatarURL, from: staged?.avatarURL)
        return user
    }

    /// A corrected message with the staged URLs, where the correction has them as they were returned.
    static func restored(_ message: MessageRecord, from staged: MessageRecord?) -> MessageRecord {
        var message = message
        message.avatarURL = restored(message.avatarURL, from: staged?.avatarURL)
        if let url = restored(message.file?.location.url, from: staged?.file?.location.url) {
            message.file?.location.url = url
        }
        return message
    }

    private static func restored(_ url: String?, from staged: String?) -> String? {
        guard let url, let staged, url == ShownURL.text(of: staged) else { return url }
        return staged
    }
}

extension JSONValue {
    /// Shortens the string at a path of fields.
    fileprivate mutating func shorten(_ path: ArraySlice<String>) {
        switch self {
        case .string(let url) where path.isEmpty: self = .string(ShownURL.text(of: url))
        case .object(var members):
            guard let name = path.first else { return }
            for index in members.indices where members[index].key == name {
                members[index].value.shorten(path.dropFirst())
            }
            self = .object(members)
        default: break
        }
    }
}

extension FileReference.Location {
    fileprivate var url: String? {
        get {
            switch self {
            case .remote(let url), .external(let url): url
            case .archived(_, let url): url
            }
        }
        set {
            switch self {
            case .remote: self = .remote(url: newValue ?? "")
            case .archived(let entry, _): self = .archived(entry: entry, url: newValue)
            case .external: self = .external(url: newValue ?? "")
            }
        }
    }
}
