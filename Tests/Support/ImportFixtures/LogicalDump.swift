import DirectoryFileStore
public import Foundation
import ImportDomain
public import SQL

/// What a workspace holds, without what imports keep about themselves: an import and its undo leave it equal.
///
/// The times of changes are left out, because clients read by them what changed, and an undo is a change.
public struct LogicalDump: Equatable, Sendable {
    /// The rows of each table, sorted, each with the names of its columns; and the names of stored files.
    public let rows: [String: [String]]

    private static let tables: [String: Set<String>] = [
        "users": ["updated_at"], "user_emails": [], "user_import_ids": [], "import_id_organizations": [],
        "former_users": [], "roles": [], "permissions": [], "role_permissions": [], "settings": [], "sessions": [],
        "rooms": ["updated_at"], "room_import_ids": [], "subscriptions": [], "messages": [], "touched_rooms": [],
        "touched_threads": [], "settled_threads": [],
        "downloads": ["number", "lease_owner", "lease_token", "lease_expires_at", "lease_attempts"],
        "download_messages": [], "avatars": [], "uploads": [], "removed_files": [],
    ]

    /// Reads a database, and lists the files of a directory.
    public init(of database: any SQLDatabase, files directory: URL) async throws {
        var rows = try await database.read { connection in
            try connection.shapes(of: Array(Self.tables.keys)).mapValues { shape in
                let columns = shape.columns.filter { !(Self.tables[shape.name] ?? []).contains($0.name) }
                return try connection.rows("SELECT \(names: columns.map(\.name)) FROM \(name: shape.name)") { row in
                    columns.enumerated().map { "\($1.name)=\(row.value($0, as: $1.kind))" }.joined(separator: " ")
                }.sorted()
            }
        }
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        rows["files"] = (files?.compactMap { $0 as? URL } ?? []).map(\.path)
            .filter { $0.contains("/uploads/") || $0.contains("/avatars/") }
            .filter {
                (try? FileManager.default.attributesOfItem(atPath: $0)[.type] as? FileAttributeType) == .typeRegular
            }
            .sorted()
        self.rows = rows
    }

    /// Rows that only one of two dumps has.
    public func differences(to other: LogicalDump) -> [String] {
        Set(rows.keys).union(other.rows.keys).sorted().flatMap { table -> [String] in
            let (left, right) = (Set(rows[table] ?? []), Set(other.rows[table] ?? []))
            return left.subtracting(right).sorted().map { "- \(table): \($0)" }
                + right.subtracting(left).sorted().map { "+ \(table): \($0)" }
        }
    }
}

extension TestWorkspace {
    /// What the workspace holds.
    public func dump() async throws -> LogicalDump {
        try await LogicalDump(of: files.database, files: files.directory)
    }
}
