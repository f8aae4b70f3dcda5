import ImportDomain
import SQL

/// What one transaction does to the version of the workspace, in `workspace_version`.
///
/// The version moves with the last statement of a transaction. On a shared database its row is locked from there to
/// the commit only, so that writers wait for each other no longer than that.
final class WorkspaceChanges {
    private let connection: any SQLConnection
    private var hasChanges = false
    private var required: WorkspaceVersion?

    init(connection: any SQLConnection) { self.connection = connection }

    func version() throws -> WorkspaceVersion {
        WorkspaceVersion(number: try connection.integer("SELECT number FROM workspace_version"))
    }

    /// Something that imports look up is changed.
    func note() { hasChanges = true }

    /// - Throws: `OutdatedDecisions`, now or when the transaction ends.
    func require(_ version: WorkspaceVersion) throws {
        guard try self.version() == version else { throw OutdatedDecisions() }
        required = version
    }

    /// Moves the version, if there is a reason to.
    func finish() throws {
        guard hasChanges else { return }
        let rows =
            WorkspaceVersionColumn.table.insertion(of: [.text("workspace"), .integer(1)])
            + "ON CONFLICT (id) DO UPDATE SET number = workspace_version.number + 1"
        guard let required else {
            try connection.execute(rows)
            return
        }
        // Every commit since `require` has moved it.
        guard try connection.execute(rows + " WHERE workspace_version.number = \(required.number)") == 1 else {
            throw OutdatedDecisions()
        }
    }
}

enum WorkspaceVersionColumn: Int, TableColumn {
    case id, number

    static let table = Table<WorkspaceVersionColumn>("workspace_version")
}
