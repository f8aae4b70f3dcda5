import HTTPTypes
import Hummingbird
import ImportAPI
import ImportDomain
import ImportEngine
import WorkspaceServices

/// The history of imports and their reports.
enum HistoryRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(HistoryCalls.list, access: .holders([.viewImportOperations]), budget: .imports) { call, input in
            let now = call.services.environment.clock.now()
            return try await call.list(input.query) { page in
                let (entries, total) = try await call.services.engine.history.list(
                    offset: page.offset, limit: page.limit)
                return ListPage(items: entries, total: total)
            } body: {
                HistoryBody($0, at: now)
            }
        },
        Endpoint(HistoryCalls.report, access: .holders([.viewImportOperations]), budget: .imports) { call, input in
            let query = try input.query
            let format = try Format(query.format)
            let account = try await call.services.engine.history.report(
                of: query.operationId.map { OperationID($0) })
            // Findings quote the source, for those who may import it.
            var report = ReportResponse(account, hasExamples: try call.caller.may(.runImport))
            report.undo = UndoReportBody(
                try await call.hidingRooms(of: call.services.engine.undos.report(of: account.entry.operation)))
            return switch format {
            case .json: Reply(report)
            case .markdown:
                reply(ReportDocument(report).markdown, as: "text/markdown; charset=utf-8", "md", report)
            case .csv: reply(ReportDocument(report).csv, as: "text/csv; charset=utf-8", "csv", report)
            }
        },
        Endpoint(HistoryCalls.delete, access: .importers, budget: .imports) { call, input in
            let id = OperationID(try await input.body().operationId)
            let wasUndone = try await call.services.engine.history.delete(id).phase == .ended(.undone)
            return Reply(
                DeletedOperationResponse(
                    message: "The operation is deleted, with its file, findings, failed records and report. "
                        + (wasUndone
                            ? "It was undone: what the undo kept stays."
                            : "What it imported stays and cannot be undone any more.")))
        },
    ]

    /// The forms of a report.
    private enum Format: String {
        case json, markdown, csv

        init(_ name: String?) throws(APIFailure) {
            guard let format = Self(rawValue: name ?? "json") else {
                throw .invalidQuery(["must be equal to one of the allowed values"])
            }
            self = format
        }
    }

    private static func reply(
        _ text: String, as type: String, _ suffix: String, _ report: ReportResponse
    ) -> Reply<ReportResponse> {
        Reply(
            written: Response(
                status: .ok,
                headers: [
                    .contentType: type,
                    .contentDisposition: "attachment; filename=\"import-\(report.operation._id).\(suffix)\"",
                ], body: .init(text: text)))
    }
}
