/// A table of the workspace, as a copy of it has to know it: by name. Columns are read from the catalogue.
public struct WorkspaceTable: Sendable {
    /// The name.
    public let name: String
    /// Columns that are left without a value in a copy.
    let emptied: Set<String>

    private init(_ name: String, emptied: Set<String> = []) {
        self.name = name
        self.emptied = emptied
    }

    /// Every table that a migration makes. A test compares this list with what the databases have.
    public static let all = [
        WorkspaceTable("users"),
        WorkspaceTable("user_emails"),
        WorkspaceTable("user_import_ids"),
        WorkspaceTable("former_users"),
        WorkspaceTable("roles"),
        WorkspaceTable("permissions"),
        WorkspaceTable("role_permissions"),
        WorkspaceTable("settings"),
        WorkspaceTable("sessions"),
        WorkspaceTable("login_failures"),
        WorkspaceTable("call_counts"),
        WorkspaceTable("rooms"),
        WorkspaceTable("room_import_ids"),
        WorkspaceTable("subscriptions"),
        WorkspaceTable("messages"),
        WorkspaceTable("touched_rooms"),
        WorkspaceTable("touched_threads"),
        // Empty outside transactions; it is listed because every table is.
        WorkspaceTable("settled_threads"),
        WorkspaceTable("downloads", emptied: ["lease_owner", "lease_expires_at"]),
        WorkspaceTable("download_messages"),
        WorkspaceTable("avatars"),
        WorkspaceTable("uploads"),
        WorkspaceTable("import_operations", emptied: ["preparation_owner", "preparation_expires_at"]),
        WorkspaceTable("import_counts"),
        // A lease belongs to a process of the source, and its end to the source's clock.
        WorkspaceTable("import_batches", emptied: ["lease_owner", "lease_expires_at"]),
        WorkspaceTable("import_records"),
        WorkspaceTable("import_skipped"),
        WorkspaceTable("import_failed"),
        WorkspaceTable("import_confirmed"),
        WorkspaceTable("import_packs"),
        WorkspaceTable("import_selection"),
        WorkspaceTable("import_findings"),
        WorkspaceTable("import_finding_counts"),
        WorkspaceTable("import_changes"),
        WorkspaceTable("workspace_version"),
    ]
}
