import SQL

/// A table of the workspace.
public struct WorkspaceTable: Sendable {
    /// The name.
    public let name: String
    /// Columns that are left without a value in a copy.
    let emptied: Set<String>

    /// The columns as statements list them; nil for tables whose columns no two statements share.
    let columns: [String]?

    private init(_ name: String, emptied: Set<String> = []) {
        self.name = name
        self.emptied = emptied
        columns = nil
    }

    private init(_ table: Table<some TableColumn>, emptied: Set<String> = []) {
        name = table.name
        self.emptied = emptied
        columns = table.columnNames
    }

    /// The tables whose statistics decide how look-ups during an import run.
    static let analyzed = ["users", "user_emails", "user_import_ids", "rooms", "subscriptions", "messages"]

    /// Every table that a migration makes. A test compares this list with what the databases have.
    public static let all = [
        WorkspaceTable(UserColumn.table),
        WorkspaceTable(EmailColumn.table),
        WorkspaceTable(UserImportIDColumn.table),
        WorkspaceTable(OrganizationColumn.table),
        WorkspaceTable("former_users"),
        WorkspaceTable(RoleColumn.table),
        WorkspaceTable("permissions"),
        WorkspaceTable("role_permissions"),
        WorkspaceTable("settings"),
        WorkspaceTable(SessionColumn.table),
        WorkspaceTable("login_failures"),
        WorkspaceTable("call_counts"),
        WorkspaceTable(RoomColumn.table),
        WorkspaceTable(RoomImportIDColumn.table),
        WorkspaceTable(SubscriptionColumn.table),
        WorkspaceTable(MessageColumn.table),
        WorkspaceTable("touched_rooms"),
        WorkspaceTable("touched_threads"),
        // Empty outside transactions; it is listed because every table is.
        WorkspaceTable("settled_threads"),
        WorkspaceTable(DownloadColumn.table, emptied: LeaseTables.holder),
        WorkspaceTable("download_messages"),
        WorkspaceTable(AvatarColumn.table),
        WorkspaceTable(UploadColumn.table),
        WorkspaceTable(OperationColumn.table, emptied: LeaseTables.holder),
        WorkspaceTable(CountColumn.table),
        // A lease belongs to a process of the source, and its end to the source's clock.
        WorkspaceTable(BatchColumn.table, emptied: LeaseTables.holder),
        WorkspaceTable(RecordColumn.table),
        WorkspaceTable("import_skipped"),
        WorkspaceTable("import_failed"),
        WorkspaceTable("import_confirmed"),
        WorkspaceTable("import_described"),
        WorkspaceTable(PackColumn.table),
        WorkspaceTable("import_selection"),
        WorkspaceTable(FindingColumn.table),
        WorkspaceTable(FindingCountColumn.table),
        WorkspaceTable(ImportChangeColumn.table),
        WorkspaceTable("workspace_version"),
    ]
}
