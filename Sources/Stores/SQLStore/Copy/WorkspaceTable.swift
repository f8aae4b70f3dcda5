import SQL

/// A table of the workspace.
public struct WorkspaceTable: Sendable {
    /// The name.
    public let name: String
    /// Columns that are left without a value in a copy.
    let emptied: Set<String>

    /// The columns as statements list them.
    let columns: [String]

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
        WorkspaceTable(FormerUserColumn.table),
        WorkspaceTable(RoleColumn.table),
        WorkspaceTable(PermissionColumn.table),
        WorkspaceTable(GrantColumn.table),
        WorkspaceTable(SettingColumn.table),
        WorkspaceTable(SessionColumn.table),
        WorkspaceTable(LoginFailureColumn.table),
        WorkspaceTable(CallCountColumn.table),
        WorkspaceTable(RoomColumn.table),
        WorkspaceTable(RoomImportIDColumn.table),
        WorkspaceTable(SubscriptionColumn.table),
        WorkspaceTable(MessageColumn.table),
        WorkspaceTable(TouchedRoomColumn.table),
        WorkspaceTable(TouchedThreadColumn.table),
        // Empty outside transactions; it is listed because every table is.
        WorkspaceTable(RecountedThreadColumn.table),
        WorkspaceTable(DownloadColumn.table, emptied: LeaseTables.holder),
        WorkspaceTable(DownloadMessageColumn.table),
        WorkspaceTable(DownloadQueueColumn.table),
        WorkspaceTable(AvatarColumn.table),
        WorkspaceTable(UploadColumn.table),
        WorkspaceTable(OperationColumn.table, emptied: LeaseTables.holder),
        WorkspaceTable(CountColumn.table),
        // A lease belongs to a process of the source, and its end to the source's clock.
        WorkspaceTable(BatchColumn.table, emptied: LeaseTables.holder),
        WorkspaceTable(RecordColumn.table),
        WorkspaceTable(BatchIndexColumn.table),
        WorkspaceTable(FailureCountColumn.table),
        WorkspaceTable(FailureTextColumn.table),
        WorkspaceTable(SkippedIDColumn.table),
        WorkspaceTable(ListedIDColumn.failed),
        WorkspaceTable(ImportedAccountColumn.confirmed),
        WorkspaceTable(ImportedAccountColumn.described),
        WorkspaceTable(PackColumn.table),
        WorkspaceTable(ListedIDColumn.selected),
        WorkspaceTable(RetryColumn.table),
        WorkspaceTable(RetriedRecordColumn.table),
        WorkspaceTable(MissingMemberColumn.table),
        WorkspaceTable(IncompleteMessageColumn.table),
        WorkspaceTable(FindingColumn.table),
        WorkspaceTable(FindingCountColumn.table),
        WorkspaceTable(ImportChangeColumn.table),
        WorkspaceTable(CheckColumn.table),
        WorkspaceTable(CheckPageColumn.table),
        WorkspaceTable(UndoColumn.table),
        WorkspaceTable(UndoCountColumn.table),
        WorkspaceTable(KeptColumn.table),
        WorkspaceTable(RemovedFileColumn.table),
        WorkspaceTable(WorkspaceVersionColumn.table),
    ]
}
