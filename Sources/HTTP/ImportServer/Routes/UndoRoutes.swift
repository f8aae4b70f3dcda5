import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import WorkspaceServices

/// `import.undo` and its list.
enum UndoRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(UndoCalls.undo, access: .importers, budget: .imports) { call, input in
            let body = try await input.body()
            let undos = call.services.engine.undos
            let (id, dryRun) = (body.operationId.map { OperationID($0) }, body.dryRun == true)
            let report =
                try await dryRun
                ? call.context.whileConnected { try await undos.preview(id) }
                : undos.request(
                    id, by: call.caller.user.id, permitting: call.requirePermissions(of:changedAccounts:))
            return Reply(
                UndoResponse(
                    try await call.hidingRooms(of: report), dryRun: dryRun,
                    operation: OperationBody(report.operation, engine: call.services.engine)))
        },
        Endpoint(UndoCalls.kept, access: .importers, budget: .imports) { call, input in
            let query = try input.query
            let filter = try KeptFilter(query)
            return try await call.list(query) { page in
                let (items, total) = try await call.services.engine.undos.kept(
                    by: query.operationId.map { OperationID($0) }, matching: filter, offset: page.offset,
                    limit: page.limit)
                return ListPage(items: try await call.hidingRooms(among: items), total: total)
            } body: {
                KeptBody($0)
            }
        },
    ]
}

extension Endpoint.Call {
    /// What an undo keeps, without the names of rooms that the caller may not read.
    ///
    /// Source: docs/api.md, "Who may read a room".
    fileprivate func hidingRooms(among items: [KeptItem]) async throws -> [KeptItem] {
        let rooms = items.filter { $0.kind == .room }.map { RoomID($0.id) }
        guard !rooms.isEmpty else { return items }
        let visible = try await services.rooms.visible(among: rooms, for: caller)
        return items.map { item in
            item.kind != .room || visible.contains(RoomID(item.id))
                ? item : KeptItem(item.kind, id: item.id, name: nil, item.reason)
        }
    }

    /// A report of an undo, without the names of rooms that the caller may not read.
    func hidingRooms(of report: ImportUndos.Report) async throws -> ImportUndos.Report {
        var report = report
        report.examples = try await hidingRooms(among: report.examples)
        return report
    }
}
