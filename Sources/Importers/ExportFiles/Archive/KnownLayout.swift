/// The names by which exports are known, used only to tell a folder around an export from a folder of it.
///
/// Source: docs/export-files.md, "A folder around everything".
enum KnownLayout {
    private static let files: Set<String> = [
        "users.csv", "channels.csv", "contacts.csv", "channels.json", "groups.json", "dms.json", "mpims.json",
        "org_users.json", "users.json", "rooms.json", "realm.json", "export.json", "result.json", "metadata.json",
        "integration_logs.json", "rocketchat_message.bson", "rocketchat_message.bson.gz",
    ]
    private static let folders: Set<String> = [
        "teams", "google chat", "directmessages", "directmessage", "rooms", "data",
    ]
    private static let endings = [".jsonl", ".ndjson", ".bson", ".bson.gz"]

    /// Whether an export could begin in a folder with this content.
    static func isRoot(_ level: FolderLevel) -> Bool {
        level.files.contains { name in
            let name = name.lowercased()
            return files.contains(name) || endings.contains { name.hasSuffix($0) }
        } || level.folders.contains { folders.contains($0.lowercased()) }
    }
}
