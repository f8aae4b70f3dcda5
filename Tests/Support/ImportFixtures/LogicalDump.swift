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
    ///
    /// - Parameter ignored: more columns to leave out, by table.
    public init(
        of database: any SQLDatabase, files directory: URL, ignoring ignored: [String: Set<String>] = [:]
    ) async throws {
        var rows = try await database.read { connection in
            try connection.shapes(of: Array(Self.tables.keys)).mapValues { shape in
                let left = (Self.tables[shape.name] ?? []).union(ignored[shape.name] ?? [])
                let columns = shape.columns.filter { !left.contains($0.name) }
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

    private init(rows: [String: [String]]) { self.rows = rows }

    /// The dump with other names of its ids, to compare workspaces that chose different ids.
    ///
    /// Numbers of imports are left out, and of the paths of files all but the last component.
    public func renaming(_ names: [String: String]) -> LogicalDump {
        LogicalDump(
            rows: Dictionary(
                uniqueKeysWithValues: rows.map { table, rows in
                    let renamed = rows.map { row in
                        let row =
                            table == "files"
                            ? String(row.split(separator: "/").last ?? "")
                            : row
                                .replacing(/import_number=integer\(\d+\)/, with: "import_number=<import>")
                        return names.reduce(row) { $0.replacing($1.key, with: $1.value) }
                    }
                    return (table, renamed.sorted())
                }))
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
