internal import ImportDomain
internal import ImporterKit

/// The entries that hold the bytes of files.
final class ArchivedFiles {
    private let allowance: Allowance
    private var entriesByID: [ExactString: String] = [:]

    init(allowance: Allowance) { self.allowance = allowance }

    /// Notes an entry; of several for one file the first one counts, and the first one in each room's folder.
    func add(_ id: String, entry: String) {
        var key = ExactString(id)
        if entriesByID[key] != nil {
            guard let folder = Self.folder(ofAttachment: entry) else { return }
            key = ExactString("\(folder)/\(id)")
        }
        guard entriesByID[key] == nil, allowance.take(128 + key.text.utf8.count + entry.utf8.count) else { return }
        entriesByID[key] = entry
    }

    /// The entry that holds a file.
    func entry(of id: String) -> String? { entriesByID.isEmpty ? nil : entriesByID[ExactString(id)] }

    /// The entry that holds a file in the folder of the room that an entry with messages belongs to.
    func entry(of id: String, inFolderOf messages: String) -> String? {
        guard let first = entry(of: id), let end = messages.lastIndex(of: "/") else { return nil }
        let folder = messages[..<end]
        return Self.folder(ofAttachment: first) == folder ? first : entriesByID[ExactString("\(folder)/\(id)")]
    }

    /// The folder of `<folder>/attachments/<file>`.
    private static func folder(ofAttachment entry: String) -> Substring? {
        guard let end = entry.lastIndex(of: "/"), entry[..<end].hasSuffix("/attachments") else { return nil }
        return entry[..<end].dropLast("/attachments".count)
    }
}
