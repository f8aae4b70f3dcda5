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
                ? undos.preview(id)
                : undos.request(
                    id, by: call.caller.user.id, permitting: call.requirePermissions(of:))
            return Reply(
                UndoResponse(
                    report, dryRun: dryRun,
                    operation: OperationBody(report.operation, engine: call.services.engine)))
        },
        Endpoint(UndoCalls.kept, access: .importers, budget: .imports) { call, input in
            let query = try input.query
            let filter = try KeptFilter(query)
            return try await call.list(query) { page in
                let (items, total) = try await call.services.engine.undos.kept(
                    by: query.operationId.map { OperationID($0) }, matching: filter, offset: page.offset,
                    limit: page.limit)
                return ListPage(items: items, total: total)
            } body: {
                KeptBody($0)
            }
        },
    ]
}
